// The ways an SMTP server fails a sender, in the words real providers use.

export type SmtpStage = 'connect' | 'auth' | 'mail' | 'rcpt' | 'data'

export interface SmtpFault {
  at: SmtpStage
  /** Code and text sent at that stage; absent: the connection is closed instead. */
  reply?: string
  /** At `data`: the mail is kept all the same, so the sender cannot know. */
  keep?: boolean
  /** Waits this long at that stage first, and without `reply` or `close` then goes on as usual. */
  delayMs?: number
  close?: boolean
}

/** Ready-made faults for `smtp.fail(...)`. */
export const smtpFaults = {
  wrongPassword: { at: 'auth', reply: '535 5.7.8 Error: authentication failed' },
  smtpAuthDisabled: {
    at: 'auth',
    reply:
      '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the ' +
      'Tenant. Visit https://aka.ms/smtp_auth_disabled for more information.',
  },
  tooManyLogins: {
    at: 'auth',
    reply: '454 4.7.0 Too many login attempts, please try again later.',
  },
  busy: { at: 'connect', reply: '421 4.3.2 Service not available, closing connection' },
  senderRejected: { at: 'mail', reply: '550 5.7.1 Sender address not allowed for this account' },
  recipientRejected: { at: 'rcpt', reply: '550 5.1.1 The recipient address does not exist' },
  greylisted: { at: 'rcpt', reply: '451 4.7.1 Greylisted, please try again later' },
  contentRejected: { at: 'data', reply: '554 5.7.1 Message rejected as spam' },
  dailyLimit: { at: 'data', reply: '550 5.4.5 Daily user sending limit exceeded' },
  closeBeforeData: { at: 'rcpt', close: true },
  closeDuringData: { at: 'data', close: true },
  /** The ambiguous send: the mail is accepted, and the sender never hears of it. */
  closeAfterData: { at: 'data', close: true, keep: true },
} satisfies Record<string, SmtpFault>

/** The faults waiting to happen, each a number of times. */
export function faultList() {
  const waiting: { fault: SmtpFault; left: number }[] = []
  return {
    add: (fault: SmtpFault, times: number) => waiting.push({ fault, left: times }),
    clear: () => waiting.splice(0),
    /** The next one at that stage, counted as used. */
    take(stage: SmtpStage): SmtpFault | undefined {
      const index = waiting.findIndex(({ fault }) => fault.at === stage)
      const entry = waiting[index]
      if (!entry) return undefined
      entry.left -= 1
      if (entry.left <= 0) waiting.splice(index, 1)
      return entry.fault
    },
  }
}
