// The one reader of process.env. Everything else is handed the frozen result.
// TEMPORAL_* profiles with mTLS or API keys are read by @temporalio/envconfig where it connects.
import { type EncryptionKey, type Environment, type Readers, readerOf } from './config-readers.ts'

export type { EncryptionKey } from './config-readers.ts'

export interface Config {
  readonly databaseUrl: string
  readonly temporal: { readonly address: string; readonly namespace: string }
  /** Where people open the Temporal UI, without a slash at the end. */
  readonly temporalUiUrl: string
  /** Encrypt what Temporal keeps, newest first; none: it is kept as it is. */
  readonly payloadKeys: readonly EncryptionKey[]
  /** Lets operators read that in the Temporal UI; null: nobody. */
  readonly codecPassword: string | null
  readonly host: string
  readonly port: number
  /** Where a worker answers `/health/*` and `/metrics`; null: nowhere. */
  readonly workerPort: number | null
  /** What the outside calls this API, without a slash at the end. */
  readonly publicUrl: string
  readonly encryptionKeys: readonly EncryptionKey[]
  readonly storageDir: string
  /** Where attachments go instead of `storageDir`; null: there. */
  readonly s3: {
    readonly bucket: string
    readonly region: string
    readonly endpoint: string | null
    /** Null: as the AWS SDK finds them, such as by the role of the machine. */
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | null
    readonly prefix: string
  } | null
  /** Looks at every file before it is stored; null: nobody does. */
  readonly clamdAddress: string | null
  /** Bytes of the largest attachment that is stored. */
  readonly attachmentLimitBytes: number
  /** Hosts that may be dialled although private, and logged in to without encryption. */
  readonly allowHosts: readonly string[]
  /** Resolvers for the names of mail servers and webhooks; empty: the system's. */
  readonly dnsServers: readonly string[]
  /** Mailboxes one worker may watch by IDLE at a time. */
  readonly watchSlots: number
  /** The operator's app at each provider that has a sign-in; null: none. */
  readonly google: {
    readonly clientId: string
    readonly clientSecret: string
    /** Tell people that Google has not verified the app yet. */
    readonly beta: boolean
  } | null
  readonly microsoft: { readonly clientId: string; readonly clientSecret: string } | null
  /** Addresses that a browser may be sent to after a sign-in. */
  readonly returnUrls: readonly string[]
  /** Tells administrators that an inbox needs them; null: no mail. */
  readonly systemMailer: {
    readonly url: string
    readonly from: string
    /** Where the mail leads. */
    readonly publicUrl: string
  } | null
  readonly logLevel: LogLevel
  /** Taken by the first run instead of a generated administrator key. */
  readonly adminApiKey: string | null
  /** Bytes of history one inbox may import a day. */
  readonly importDailyBytes: number
  /** How often and how much at a time; reasons are at DEFAULT_TUNING in activities/deps.ts. */
  readonly tuning: {
    readonly importPage: number
    readonly idleCheckMs: number
    readonly recycleMs: number
    readonly confirmPasswordMs: number
  }
  /** A workflow bundle built beforehand; without one each worker builds its own at the start. */
  readonly workflowBundle: string | null
  /** Workers get work only once their version of the workflow code is made current. */
  readonly workerVersioning: boolean
  /** Requests a minute for one API key. */
  readonly rateLimit: number
  /** Deliveries a minute that one inbox takes from its provider. */
  readonly webhookRateLimit: number
  /** The operator's app at Meta, for Instagram, Messenger and WhatsApp Cloud; null: none. */
  readonly meta: {
    readonly appId: string
    readonly appSecret: string
    /** As people find it among the apps of their page. */
    readonly appName: string
    /** What Meta names when it asks whether a webhook address is ours. */
    readonly verifyToken: string
    readonly graphUrl: string
    readonly graphVersion: string
    readonly dialogUrl: string
    /** Of Facebook Login for Business; null: permissions are asked for one by one. */
    readonly loginConfigId: string | null
    /** Of WhatsApp's Embedded Signup; null: numbers are connected with a token. */
    readonly signupConfigId: string | null
    /** What opens its popup, loaded by that page of the console alone. */
    readonly sdkUrl: string
  } | null
  /** Stands for all of Twilio's hosts, see createTwilioAccess; null: Twilio itself. */
  readonly twilioUrl: string | null
  /** Largest size of all files of one answer together. */
  readonly outgoingFilesBytes: number
  /** Of these as much goes with a mail, before it is encoded; the rest is linked to. */
  readonly mailFilesBytes: number
  /** How long such links open; 0: an answer by mail takes no more than what goes with it. */
  readonly fileLinkDays: number
  /** Addresses of proxies whose X-Forwarded-For tells who is calling. */
  readonly trustedProxies: readonly string[]
  /** What the first run's account is made of. */
  readonly firstRun: {
    readonly accountName: string
    readonly locale: 'pt-BR' | 'en'
    readonly adminEmail: string
    readonly claudiaEndpoint: string | null
    readonly claudiaSecret: string | null
  }
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** All that is wrong with the environment, a line for each variable with its remedy. */
export class InvalidConfig extends Error {
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(['The configuration cannot be used:', ...problems.map((line) => `  ${line}`)].join('\n'))
    this.name = 'InvalidConfig'
    this.problems = problems
  }
}

/** For programs: what is wrong is printed without a stack, which would only hide it. */
export function configOrExit(): Config {
  try {
    return loadConfig()
  } catch (error) {
    if (!(error instanceof InvalidConfig)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  }
}

/**
 * Reads and checks the environment, all of it before complaining.
 * @throws InvalidConfig naming every variable at fault and what to do; never showing its value.
 */
export function loadConfig(env: Environment = process.env): Config {
  const problems: string[] = []
  const read = readerOf(env, problems)
  const port = read.integer('PORT', 3000, 0, 65_535)
  const publicUrl = withoutSlash(
    read.url('PUBLIC_URL', ['http:', 'https:'], `http://localhost:${port}`),
  )
  const config: Config = {
    databaseUrl: withPassword(
      read.url('DATABASE_URL', ['postgres:', 'postgresql:']) ?? '',
      read.text('DATABASE_PASSWORD', ''),
    ),
    temporal: {
      address: read.text('TEMPORAL_ADDRESS', 'localhost:7233'),
      namespace: read.text('TEMPORAL_NAMESPACE', 'default'),
    },
    temporalUiUrl: withoutSlash(
      read.url('TEMPORAL_UI_URL', ['http:', 'https:'], 'http://localhost:8233'),
    ),
    payloadKeys: Object.freeze(read.keys('PAYLOAD_KEYS', { required: false })),
    codecPassword: read.secret('CODEC_PASSWORD', 16),
    host: read.text('HOST', '127.0.0.1'),
    port,
    workerPort: read.integer('WORKER_PORT', 0, 0, 65_535) || null,
    publicUrl,
    encryptionKeys: Object.freeze(read.keys('ENCRYPTION_KEYS', { required: true })),
    storageDir: read.text('STORAGE_DIR', '.data/storage'),
    s3: bucketOf(read, problems),
    clamdAddress: read.socket('CLAMD_ADDRESS'),
    attachmentLimitBytes: read.integer('ATTACHMENT_LIMIT_BYTES', 100_000_000, 65_536, 5e9),
    allowHosts: Object.freeze(read.list('ALLOW_HOSTS')),
    dnsServers: Object.freeze(read.addresses('DNS_SERVERS')),
    watchSlots: read.integer('WATCH_SLOTS', 1000, 1, 100_000),
    google: googleOf(read, problems),
    microsoft: appOf(read, problems, 'MICROSOFT'),
    returnUrls: Object.freeze(read.urls('RETURN_URLS')),
    systemMailer: mailerOf(
      read.url('SYSTEM_SMTP_URL', ['smtp:', 'smtps:'], null),
      read.text('SYSTEM_MAIL_FROM', ''),
      publicUrl,
    ),
    logLevel: read.oneOf('LOG_LEVEL', LOG_LEVELS, 'info'),
    adminApiKey: read.secret('ADMIN_API_KEY', 32),
    importDailyBytes: read.integer('IMPORT_DAILY_BYTES', 2_000_000_000, 1_000_000, 2 ** 50),
    tuning: Object.freeze({
      importPage: read.integer('IMPORT_PAGE', 500, 1, 2_000),
      idleCheckMs: read.seconds('IDLE_CHECK_SECONDS', 300, 0.1, 1_500),
      recycleMs: read.seconds('RECYCLE_SECONDS', 3 * 3_600, 0.1, 24 * 3_600),
      confirmPasswordMs: read.seconds('CONFIRM_PASSWORD_SECONDS', 60, 0.1, 600),
    }),
    workflowBundle: read.text('WORKFLOW_BUNDLE', '') || null,
    workerVersioning:
      read.oneOf('WORKER_VERSIONING', ['true', 'false'] as const, 'false') === 'true',
    trustedProxies: Object.freeze(read.list('TRUSTED_PROXIES')),
    outgoingFilesBytes: read.integer('OUTGOING_FILES_BYTES', 100_000_000, 65_536, 1e9),
    mailFilesBytes: read.integer('MAIL_FILES_BYTES', 18_000_000, 65_536, 1e8),
    fileLinkDays: read.integer('FILE_LINK_DAYS', 30, 0, 3_650),
    rateLimit: read.integer('RATE_LIMIT', 600, 1, 1_000_000),
    webhookRateLimit: read.integer('WEBHOOK_RATE_LIMIT', 6_000, 1, 100_000_000),
    meta: metaOf(read, problems),
    twilioUrl: withoutSlash(read.url('TWILIO_URL', ['http:', 'https:'], '')) || null,
    firstRun: Object.freeze({
      accountName: read.text('ACCOUNT_NAME', 'Cloud Chat'),
      locale: read.oneOf('ACCOUNT_LOCALE', ['pt-BR', 'en'] as const, 'pt-BR'),
      adminEmail: read.text('ADMIN_EMAIL', 'admin@example.com'),
      claudiaEndpoint: read.url('CLAUDIA_ENDPOINT', ['http:', 'https:'], null),
      claudiaSecret: read.secret('CLAUDIA_SECRET', 16),
    }),
  }
  if (problems.length > 0) throw new InvalidConfig(problems)
  Object.freeze(config.temporal)
  return Object.freeze(config)
}

/** An app is an id and a secret, or there is none. */
function appOf(read: Readers, problems: string[], provider: string) {
  const clientId = read.text(`${provider}_CLIENT_ID`, '')
  const clientSecret = read.text(`${provider}_CLIENT_SECRET`, '')
  if (Boolean(clientId) !== Boolean(clientSecret)) {
    problems.push(
      `${provider}_CLIENT_ID and ${provider}_CLIENT_SECRET go together: set both or neither.`,
    )
  }
  return clientId && clientSecret ? Object.freeze({ clientId, clientSecret }) : null
}

function googleOf(read: Readers, problems: string[]): Config['google'] {
  const app = appOf(read, problems, 'GOOGLE')
  const beta = read.oneOf('GOOGLE_BETA_NOTICE', ['true', 'false'] as const, 'true') === 'true'
  return app && Object.freeze({ ...app, beta })
}

/** An app without its secret could neither prove a webhook nor sign anybody in. */
function metaOf(read: Readers, problems: string[]): Config['meta'] {
  const appId = read.text('META_APP_ID', '')
  if (!appId) return null
  const appSecret = read.secret('META_APP_SECRET', 16)
  const verifyToken = read.secret('META_VERIFY_TOKEN', 16)
  const graphVersion = read.text('META_GRAPH_VERSION', 'v25.0')
  if (!/^v\d+\.\d+$/.test(graphVersion)) {
    problems.push('META_GRAPH_VERSION must look like v25.0.')
  }
  if (!appSecret || !verifyToken) {
    problems.push('META_APP_ID needs META_APP_SECRET and a META_VERIFY_TOKEN of your choice.')
  }
  const at = ['https:', 'http:']
  return Object.freeze({
    appId,
    appSecret: appSecret ?? '',
    appName: read.text('META_APP_NAME', 'CloudHumans'),
    verifyToken: verifyToken ?? '',
    graphUrl: withoutSlash(read.url('META_GRAPH_URL', at, 'https://graph.facebook.com')),
    graphVersion,
    dialogUrl: withoutSlash(read.url('META_DIALOG_URL', at, 'https://www.facebook.com')),
    loginConfigId: read.text('META_LOGIN_CONFIG_ID', '') || null,
    signupConfigId: read.text('META_SIGNUP_CONFIG_ID', '') || null,
    sdkUrl: read.url('META_SDK_URL', at, 'https://connect.facebook.net/en_US/sdk.js'),
  })
}

/** Keys come in pairs or not at all. */
function bucketOf(read: Readers, problems: string[]): Config['s3'] {
  const bucket = read.text('S3_BUCKET', '')
  if (!bucket) return null
  const accessKeyId = read.text('S3_ACCESS_KEY_ID', '')
  const secretAccessKey = read.text('S3_SECRET_ACCESS_KEY', '')
  if (Boolean(accessKeyId) !== Boolean(secretAccessKey)) {
    problems.push('S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY go together: set both or neither.')
  }
  return Object.freeze({
    bucket,
    region: read.text('S3_REGION', 'us-east-1'),
    endpoint: read.url('S3_ENDPOINT', ['http:', 'https:'], null),
    credentials: accessKeyId ? Object.freeze({ accessKeyId, secretAccessKey }) : null,
    prefix: read.text('S3_PREFIX', ''),
  })
}

/** The sender is the login when that is an address, else nobody's at the public host. */
function mailerOf(url: string | null, from: string, publicUrl: string): Config['systemMailer'] {
  if (!url) return null
  const login = URL.canParse(url) ? decodeURIComponent(new URL(url).username) : ''
  const host = URL.canParse(publicUrl) ? new URL(publicUrl).hostname : 'localhost'
  const sender = from || (login.includes('@') ? login : `no-reply@${host}`)
  return Object.freeze({ url, from: sender, publicUrl })
}

/** A password that is kept apart from the address. One inside the address goes before it. */
export function withPassword(url: string, password: string | undefined): string {
  if (!password || !URL.canParse(url)) return url
  const address = new URL(url)
  address.password ||= encodeURIComponent(password)
  return address.href
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '')
}
