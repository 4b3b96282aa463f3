// From an address to the servers of its mailbox: what is known of the provider, else what the domain
// itself publishes. Names and hosts come from strangers: net checks each before it is shown.
import { setTimeout as sleep } from 'node:timers/promises'
import { domainToASCII } from 'node:url'
import { exchangersOf } from '../../../net/dns-records.ts'
import type { NetPolicy } from '../../../net/policy.ts'
import {
  type EmailPreset,
  type PresetServer,
  presetOf,
  presetOfExchanger,
} from '../../mail/presets.ts'
import { fromAutoconfig } from './autoconfig.ts'
import type { Advice, Candidate, Discovery, FoundServer } from './candidate.ts'
import { fromServices } from './services.ts'
import { mayAnswerLater, silentlyNone } from './unanswered.ts'

/**
 * Candidates in the order they should be tried. A known provider is answered without asking anybody;
 * for other domains the owner of the mail exchanger, RFC 6186 records and the autoconfig document
 * are asked at the same time. Their failures are no failure of this.
 */
export async function discover(address: string, policy: NetPolicy): Promise<Discovery> {
  const known = presetOf(address)
  if (known !== undefined) return answer([fromPreset(known, 'preset', address)], false)
  const domain = asciiDomainOf(address)
  if (domain === undefined) return answer([], false)
  let incomplete = false
  const sources = [fromExchangers, fromServices, fromAutoconfig].map(async (source) => {
    try {
      const found = await Promise.race([source(address, domain, policy), patience()])
      if (found === 'late') incomplete = true
      return found === 'late' ? undefined : found
    } catch (error) {
      if (mayAnswerLater(error)) incomplete = true
      return silentlyNone(error)
    }
  })
  const found = await Promise.all(sources)
  return answer(
    found.filter((candidate) => candidate !== undefined),
    incomplete,
  )
}

function asciiDomainOf(address: string): string | undefined {
  const domain = address.slice(address.lastIndexOf('@') + 1)
  // domainToASCII reads as a URL does, so that it would cut a path or a port off.
  const ascii = /^[\p{L}\p{M}\p{N}._-]+$/u.test(domain) ? domainToASCII(domain) : ''
  // A last label of digits would make it an address.
  return /^(?:[a-z0-9_-]{1,63}\.)+[a-z][a-z0-9-]{1,62}$/.test(ascii) ? ascii : undefined
}

/** A person waits in front of the form. */
const patience = () => sleep(15_000, 'late' as const, { ref: false })

async function fromExchangers(
  address: string,
  domain: string,
  policy: NetPolicy,
): Promise<Candidate | undefined> {
  const [preferred = ''] = await exchangersOf(domain, policy)
  const preset = presetOfExchanger(preferred)
  return preset === undefined ? undefined : fromPreset(preset, 'mx', address)
}

function fromPreset(preset: EmailPreset, source: 'preset' | 'mx', address: string): Candidate {
  const filled = ({ host, port, encryption, login }: PresetServer): FoundServer => {
    // Whoever has a domain of their own logs in with the whole address.
    const whole = source === 'mx' || login === 'address'
    return { host, port, encryption, login: whole ? address : localPartOf(address) }
  }
  const { name: provider, imap, smtp } = preset
  return { source, provider, imap: filled(imap), smtp: filled(smtp), advice: adviceOf(preset) }
}

/** What a person has to know before the form works. */
export function adviceOf({ appPassword, switchedOff }: EmailPreset): Advice[] {
  const advice: Advice[] = []
  if (appPassword) advice.push('app_password_wanted')
  if (switchedOff) advice.push('imap_switched_off')
  return advice
}

const localPartOf = (address: string) => address.slice(0, address.lastIndexOf('@'))

function answer(found: Candidate[], incomplete: boolean): Discovery {
  const candidates = withoutRepeats(found).map((candidate) => {
    const oauth = signInOf(candidate)
    if (oauth === undefined) return candidate
    return { ...candidate, advice: [`sign_in_with_${oauth}` as const, ...candidate.advice] }
  })
  return { signIn: found.map(signInOf).find(Boolean) ?? null, candidates, incomplete }
}

function signInOf({ imap, smtp }: Candidate): EmailPreset['oauth'] {
  return presetOf((imap ?? smtp)?.host ?? '')?.oauth
}

function withoutRepeats(candidates: Candidate[]): Candidate[] {
  const seen = new Set<string>()
  return candidates.filter(({ imap, smtp }) => {
    const servers = [imap, smtp].map((server) => server && `${server.host}:${server.port}`).join()
    const isNew = !seen.has(servers)
    seen.add(servers)
    return isNew
  })
}
