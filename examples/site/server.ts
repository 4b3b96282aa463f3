// A shop with a logged-in area: what a site needs to show the widget to users it knows. Run it with
//   CLOUDCHAT_URL=http://localhost:3000 WEBSITE_TOKEN=... CLOUDCHAT_TOKEN=... node examples/site/server.ts
import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { identifierHash } from './identifier-hash.ts'

export interface SiteOptions {
  /** Of Cloud Chat, without a slash at the end. */
  baseUrl: string
  websiteToken: string
  /** The widget's identity token: it never leaves this program. */
  identityToken: string
}

/** Anybody may be one of them here; a real shop asks for a password. */
const USERS = new Map([
  ['12345', { name: 'Ana Souza', email: 'ana@shop.example' }],
  ['67890', { name: 'Bia Lima', email: 'bia@shop.example' }],
])

export function createSite(options: SiteOptions) {
  const sessions = new Map<string, string>()
  const userOf = ({ headers }: IncomingMessage) =>
    sessions.get(/(?:^|; )session=(\w+)/.exec(headers.cookie ?? '')?.[1] ?? '')

  function answer(reply: ServerResponse, status: number, body: object): void {
    reply.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    reply.end(JSON.stringify(body))
  }

  function signIn(userId: string, reply: ServerResponse): void {
    const session = randomBytes(16).toString('hex')
    sessions.set(session, userId)
    reply.writeHead(303, {
      location: '/',
      'set-cookie': `session=${session}; HttpOnly; SameSite=Lax; Path=/`,
    })
    reply.end()
  }

  return createServer((request, reply) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://site')
    const signedIn = userOf(request)
    if (pathname === '/sign-in' && USERS.has(searchParams.get('user') ?? '')) {
      return signIn(searchParams.get('user')!, reply)
    }
    if (pathname === '/cloudchat/identity-hash') {
      const wanted = searchParams.get('user_id')
      if (signedIn === undefined) return answer(reply, 401, { error: 'sign in first' })
      if (!wanted) return answer(reply, 400, { error: 'user_id is missing' })
      // Whoever could ask for another's hash could read their conversations.
      if (wanted !== signedIn) return answer(reply, 403, { error: 'not your id' })
      // Made anew at each page load, and written to no log.
      const identifier_hash = identifierHash(signedIn, options.identityToken)
      return answer(reply, 200, { identifier_hash })
    }
    reply.writeHead(pathname === '/' ? 200 : 404, { 'content-type': 'text/html; charset=utf-8' })
    reply.end(pathname === '/' ? page(options, signedIn) : '')
  })
}

function page({ baseUrl, websiteToken }: SiteOptions, userId: string | undefined): string {
  const user = userId === undefined ? undefined : { id: userId, ...USERS.get(userId)! }
  return `<!doctype html>
<html lang="pt-BR">
<head><meta charset="utf-8"><title>Loja</title></head>
<body>
<h1>Loja</h1>
<p>${user ? `Olá, ${user.name}.` : '<a href="/sign-in?user=12345">Entrar como Ana</a>'}</p>
<script>
(function(d,t) {
  var BASE_URL=${JSON.stringify(baseUrl)};
  var USER=${JSON.stringify(user ?? null)};
  var g=d.createElement(t),s=d.getElementsByTagName(t)[0];
  g.src=BASE_URL+"/packs/js/sdk.js";
  g.defer = true;
  g.async = true;
  s.parentNode.insertBefore(g,s);
  g.onload=function(){
    window.cloudchatSDK.run({ websiteToken: ${JSON.stringify(websiteToken)}, baseUrl: BASE_URL });
    if (!USER) return;
    window.addEventListener('cloudchat:ready', function() {
      fetch('/cloudchat/identity-hash?user_id='+encodeURIComponent(USER.id))
        .then(function(reply) { return reply.json(); })
        .then(function(signed) {
          return window.$cloudchat.setUser(USER.id, { email: USER.email, name: USER.name, identifier_hash: signed.identifier_hash });
        })
        .then(function(answer) { d.body.dataset.identity = answer.status; });
    });
  }
})(document,"script");
</script>
</body>
</html>
`
}

if (import.meta.main) {
  const { CLOUDCHAT_URL, WEBSITE_TOKEN, CLOUDCHAT_TOKEN, PORT = '3100' } = process.env
  if (!CLOUDCHAT_URL || !WEBSITE_TOKEN || !CLOUDCHAT_TOKEN) {
    throw new Error('Set CLOUDCHAT_URL, WEBSITE_TOKEN and CLOUDCHAT_TOKEN')
  }
  const site = createSite({
    baseUrl: CLOUDCHAT_URL,
    websiteToken: WEBSITE_TOKEN,
    identityToken: CLOUDCHAT_TOKEN,
  })
  site.listen(Number(PORT), () => console.log(`The shop is at http://localhost:${PORT}`))
}
