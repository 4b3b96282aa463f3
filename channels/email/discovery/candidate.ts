// What discovery answers: servers to fill the form with, the likeliest first. Nothing is proved.

export interface FoundServer {
  host: string
  port: number
  encryption: 'tls' | 'starttls'
  /** A guess. */
  login: string
}

/** A text for the person in front of the form, by code. */
export type Advice =
  | 'sign_in_with_google'
  | 'sign_in_with_microsoft'
  | 'app_password_wanted'
  | 'imap_switched_off'
  | 'confirm_servers'

export interface Candidate {
  /** `mx`: a preset, since the domain's mail goes to that provider. */
  source: 'preset' | 'mx' | 'srv' | 'autoconfig'
  provider: string | null
  imap: FoundServer | null
  smtp: FoundServer | null
  advice: Advice[]
}

export interface Discovery {
  /** The channel that serves this address better; never a refusal. */
  signIn: 'google' | 'microsoft' | null
  candidates: Candidate[]
  /** Somebody who should know did not answer: asking again later may find more. */
  incomplete: boolean
}
