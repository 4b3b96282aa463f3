// Where a widget may run. The same rules as `frame-ancestors` for the browser, and for the session.

/** What a rule may be: `example.com`, `*.example.com`, `localhost`, or a scheme of an app. */
const HOST = /^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/
/** Pages that an app carries inside: their origin is no host. */
const APP = /^(null|[a-z][a-z0-9+.-]*:\/\/[a-z0-9.-]*)$/

/** `open`: there are no rules; `app`: a view of an app, which has no page around it. */
export type OriginVerdict =
  | { allowed: true; because: 'open' | 'app' | 'rule'; rule: string | null }
  | { allowed: false; because: 'no_rule_matches' | 'apex_not_covered' | 'app_page_not_listed' }

/** One rule as it is kept, or undefined when it is none. Schemes and ports of sites are dropped. */
export function domainRule(written: string): string | undefined {
  const text = written.trim().toLowerCase()
  if (APP.test(text) && !/^https?:/.test(text)) return text
  const host = text
    .replace(/^https?:\/\//, '')
    .replace(/\/.*$/, '')
    .replace(/:\d+$/, '')
  return HOST.test(host) && host.length <= 253 ? host : undefined
}

/**
 * Whether a page may show the widget.
 * @param origin of the page around, such as `https://shop.example:8080`; '' without one
 */
export function judgeOrigin(rules: readonly string[], origin: string): OriginVerdict {
  if (rules.length === 0) return { allowed: true, because: 'open', rule: null }
  if (origin === '') return { allowed: true, because: 'app', rule: null }
  const own = origin.toLowerCase()
  const host = hostOf(own)
  const rule = rules.find((one) => (host === undefined ? one === own : matches(one, host)))
  if (rule !== undefined) return { allowed: true, because: 'rule', rule }
  if (host === undefined) return { allowed: false, because: 'app_page_not_listed' }
  const isApex = rules.includes(`*.${host}`)
  return { allowed: false, because: isApex ? 'apex_not_covered' : 'no_rule_matches' }
}

/** Value of the directive, or undefined where any page may be the frame's parent. */
export function frameAncestors(rules: readonly string[]): string | undefined {
  // `file:` pages and the like have no origin that the directive could name.
  if (rules.length === 0 || rules.includes('null')) return undefined
  return rules
    .map((rule) => (rule.includes('://') ? rule : `http://${rule}:* https://${rule}:*`))
    .join(' ')
}

/** Undefined for what is no web page's origin. */
function hostOf(origin: string): string | undefined {
  if (!/^https?:\/\//.test(origin) || !URL.canParse(origin)) return undefined
  return new URL(origin).hostname
}

function matches(rule: string, host: string): boolean {
  return rule.startsWith('*.') ? host.endsWith(rule.slice(1)) : host === rule
}
