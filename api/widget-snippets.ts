// The texts of the "Widget Scripts" panel: what a site's owner pastes into pages and back ends.

export interface Snippet {
  key: string
  title: string
  language: string
  code: string
}

interface Place {
  baseUrl: string
  websiteToken: string
}

/** For pages; the first is the one of the installation article. */
export function pageSnippets(place: Place): Snippet[] {
  return [
    { key: 'basic', title: 'HTML', language: 'html', code: loader(place, '') },
    { key: 'contact', title: 'HTML + setUser', language: 'html', code: loader(place, CONTACT) },
    {
      key: 'identity',
      title: 'HTML + identifier_hash',
      language: 'html',
      code: loader(place, IDENTITY),
    },
    {
      key: 'strict_csp',
      title: 'HTML, Content-Security-Policy',
      language: 'html',
      code: strict(place),
    },
  ]
}

/** Entries that a page with a Content-Security-Policy needs. */
export function cspLine({ baseUrl }: Place): string {
  const { origin } = new URL(baseUrl)
  return `script-src ${origin}; frame-src ${origin}`
}

/** For back ends: they print the hash of a user. The token comes from the environment. */
export function hashSnippets(): Snippet[] {
  return SERVERS.map(([key, title, code]) => ({ key, title, language: key, code }))
}

function loader({ baseUrl, websiteToken }: Place, more: string): string {
  return `<script>
  (function(d,t) {
    var BASE_URL="${baseUrl}";
    var g=d.createElement(t),s=d.getElementsByTagName(t)[0];
    g.src=BASE_URL+"/packs/js/sdk.js";
    g.defer = true;
    g.async = true;
    s.parentNode.insertBefore(g,s);
    g.onload=function(){
      window.cloudchatSDK.run({
        websiteToken: '${websiteToken}',
        baseUrl: BASE_URL
      });${more}
    }
  })(document,"script");
</script>`
}

const CONTACT = `

      // The id must be the user's own: one id for all would make one contact of all of them.
      window.addEventListener('cloudchat:ready', function() {
        window.$cloudchat.setUser('USER_ID', {
          email: 'USER_EMAIL',
          name: 'USER_NAME',
          phone_number: '+5511999999999'
        });
      });

      window.addEventListener('cloudchat:on-start-conversation', function() {
        window.$cloudchat.setCustomAttributes({
          plan: 'Premium'
        });
      });`

const IDENTITY = `

      window.addEventListener('cloudchat:ready', function() {
        // Your back end answers for the signed-in user only, anew at each page load.
        fetch('/cloudchat/identity-hash?user_id=USER_ID')
          .then(function(response) { return response.json(); })
          .then(function(signed) {
            return window.$cloudchat.setUser('USER_ID', {
              email: 'USER_EMAIL',
              name: 'USER_NAME',
              identifier_hash: signed.identifier_hash
            });
          });
      });`

function strict({ baseUrl, websiteToken }: Place): string {
  return `<script nonce="NONCE" async src="${baseUrl}/packs/js/sdk.js"
  data-website-token="${websiteToken}"></script>`
}

const SERVERS: [key: string, title: string, code: string][] = [
  [
    'javascript',
    'Node.js',
    `import { createHmac } from 'node:crypto'
import { env } from 'node:process'

export function identifierHash(userId) {
  return createHmac('sha256', env.CLOUDCHAT_TOKEN).update(String(userId)).digest('hex')
}`,
  ],
  [
    'php',
    'PHP',
    `<?php
function identifier_hash($user_id) {
    return hash_hmac('sha256', (string) $user_id, getenv('CLOUDCHAT_TOKEN'));
}`,
  ],
  [
    'python',
    'Python',
    `import hashlib, hmac, os

def identifier_hash(user_id):
    key = os.environ['CLOUDCHAT_TOKEN'].encode()
    return hmac.new(key, str(user_id).encode(), hashlib.sha256).hexdigest()`,
  ],
  [
    'ruby',
    'Ruby',
    `require 'openssl'

def identifier_hash(user_id)
  OpenSSL::HMAC.hexdigest('SHA256', ENV.fetch('CLOUDCHAT_TOKEN'), user_id.to_s)
end`,
  ],
  [
    'java',
    'Java',
    `import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

class IdentifierHash {
    static String of(Object userId) throws Exception {
        var key = System.getenv("CLOUDCHAT_TOKEN").getBytes(StandardCharsets.UTF_8);
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        var bytes = mac.doFinal(userId.toString().getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(bytes);
    }
}`,
  ],
]
