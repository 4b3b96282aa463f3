// A proxy before an SMTP server that ends, or stops, one dialogue at the step it is told.
import { type Between, startBetween } from './between.ts'

/** In the order in which a dialogue takes them; `dot` ends the body. */
export const SMTP_STEPS = [
  'greeting',
  'ehlo',
  'starttls',
  'auth',
  'mail',
  'rcpt',
  'data',
  'body',
  'dot',
  'quit',
] as const
export type SmtpStep = (typeof SMTP_STEPS)[number]

export interface StepFault {
  step: SmtpStep
  /** `asked`: the server never hears that step; `answered`: the client never hears the reply. */
  when: 'asked' | 'answered'
  /** `cut` drops the connection; `hold` lets nothing pass any more, and tells nobody. */
  by: 'cut' | 'hold'
}

export interface StepProxy extends Between {
  /** Whether the fault has struck. It does so once. */
  readonly struck: boolean
  strike(fault: StepFault): void
}

export async function startStepProxy(serverPort: number): Promise<StepProxy> {
  let waiting: StepFault | undefined
  let struck = false

  const { port, close } = await startBetween(serverPort, (client, upstream) => {
    /** Steps that were asked and not yet answered: clients may ask for several at once. */
    const open: SmtpStep[] = ['greeting']
    let inBody = false
    let secret = false
    let held = false

    /** Whether what is said now still passes. */
    const passes = (step: SmtpStep | undefined, when: StepFault['when']): boolean => {
      if (held) return false
      if (waiting === undefined || waiting.step !== step || waiting.when !== when) return true
      struck = true
      held = true
      if (waiting.by === 'cut') for (const socket of [client, upstream]) socket.destroy()
      waiting = undefined
      return false
    }

    const hear = (text: Buffer) => {
      const step = inBody ? (endsBody(text) ? 'dot' : 'body') : stepOf(text)
      if (!passes(step, 'asked')) return
      if (step === 'dot') inBody = false
      if (step !== undefined && step !== 'body') open.push(step)
      upstream.write(text)
    }
    const answer = (line: Buffer) => {
      // `250-` goes on, `250 ` ends a reply; 334 only asks for more of the same step.
      const [, code = '', more] = /^(\d{3})(-?)/.exec(line.toString('latin1')) ?? []
      const step = open[0]
      if (more === '' && code !== '334') open.shift()
      if (!passes(step, 'answered')) return
      if (step === 'starttls' && code === '220') secret = true
      if (step === 'data' && code === '354') inBody = true
      client.write(line)
    }
    client.on('data', (chunk) => {
      if (secret) upstream.write(chunk)
      else if (inBody) hear(chunk)
      else for (const line of linesOf(chunk)) hear(line)
    })
    upstream.on('data', (chunk) => {
      if (secret) client.write(chunk)
      else for (const line of linesOf(chunk)) answer(line)
    })
  })
  return {
    port,
    close,
    get struck() {
      return struck
    },
    strike(fault) {
      waiting = fault
      struck = false
    },
  }
}

/** Both sides write whole lines. */
function linesOf(chunk: Buffer): Buffer[] {
  return chunk
    .toString('latin1')
    .split(/(?<=\n)/)
    .map((line) => Buffer.from(line, 'latin1'))
}

function endsBody(chunk: Buffer): boolean {
  return chunk.subarray(-3).toString('latin1') === '.\r\n'
}

/** Undefined for what is no command of ours, such as the second line of a login. */
function stepOf(line: Buffer): SmtpStep | undefined {
  const [verb = ''] = line.toString('latin1').toLowerCase().split(/[\s:]/)
  return SMTP_STEPS.find((step) => step === verb)
}
