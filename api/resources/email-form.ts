// The connect form of "other providers" as it arrives. channels/email/settings.ts has the last word.
import { Nullable, OneOf, type Static, Type } from '../schemas.ts'

const Host = Type.String({ minLength: 1, maxLength: 255 })
const Port = Type.Integer({ minimum: 1, maximum: 65_535 })
const Login = Type.String({ maxLength: 320 })
const Password = Type.String({ minLength: 1, maxLength: 1024, format: 'password' })
const Encryption = OneOf(['tls', 'starttls', 'none'] as const)
const Certificate = OneOf(
  ['peer', 'none'] as const,
  'A certificate that verified once must verify from then on. `none` in a change ends that, on ' +
    'the timeline.',
)

const imapFields = {
  host: Type.Optional(Host),
  port: Type.Optional(Port),
  login: Type.Optional(Login),
  password: Type.Optional(Password),
  encryption: Type.Optional(Encryption),
  certificate: Type.Optional(Certificate),
}
const ImapForm = Type.Object({ enabled: Type.Optional(Type.Boolean()), ...imapFields })
const SmtpForm = Type.Object({
  enabled: Type.Optional(Type.Boolean()),
  ...imapFields,
  domain: Type.Optional(Type.String({ maxLength: 255, description: 'The EHLO name' })),
  authentication: Type.Optional(OneOf(['login', 'plain', 'cram_md5'] as const)),
  files_sent: Type.Optional(
    Type.Boolean({ description: 'The server puts what it sends into Sent by itself' }),
  ),
  per_minute: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 100_000, description: 'Mails it takes a minute' }),
  ),
})

const folderFields = {
  folders: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 255 }), { maxItems: 50 }),
  ),
  sync_sent: Type.Optional(
    Type.Boolean({
      description: 'What was sent from elsewhere is read too, and its history imported',
    }),
  ),
  aliases: Type.Optional(
    Type.Array(Type.String({ minLength: 3, maxLength: 320 }), {
      maxItems: 50,
      description: 'Other addresses whose mail ends up here, groups of your own among them',
    }),
  ),
}

/** How a mailbox is reached: by a form with passwords, or by signing in at its provider. */
export const MailChannel = OneOf(['email', 'google', 'microsoft'] as const)

/** Without `imap` the inbox only sends, without `smtp` it only receives. */
export const ConnectForm = Type.Object({
  address: Type.String({ minLength: 3, maxLength: 320 }),
  imap: Type.Optional(Nullable(ImapForm)),
  smtp: Type.Optional(Nullable(SmtpForm)),
  delegate_login: Type.Optional(
    Type.String({
      maxLength: 320,
      description: 'Microsoft, a shared mailbox: the address of who signs in to open it',
    }),
  ),
  ...folderFields,
})

/** Only what changes; a server given as null is switched off. `password` is for both servers. */
export const EditForm = Type.Object({
  password: Type.Optional(Password),
  imap: Type.Optional(Nullable(ImapForm)),
  smtp: Type.Optional(Nullable(SmtpForm)),
  ...folderFields,
})
export type EditedForm = Static<typeof EditForm>

/** Which mail is imported: all, of the last days, or since a date. */
export const ImportWindow = Type.Union([
  Type.Object({ kind: OneOf(['all'] as const) }),
  Type.Object({
    kind: OneOf(['days'] as const),
    days: Type.Integer({ minimum: 1, maximum: 36_500 }),
  }),
  Type.Object({ kind: OneOf(['since'] as const), since: Type.String({ format: 'date' }) }),
])
