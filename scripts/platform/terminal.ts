// How the launchers speak: a line per step with the time it took; no colours and no rewritten
// lines in a pipe.
import { styleText } from 'node:util'

export interface Terminal {
  say(line?: string): void
  /** Announces a step, then ticks it off with what came of it. */
  step<T>(what: string, work: () => Promise<T>, outcome?: (value: T) => string): Promise<T>
  /** One line that is written over while it changes; in a pipe only the last one is printed. */
  progress(line: string, done?: boolean): void
  bold(text: string): string
}

export function createTerminal(out: NodeJS.WriteStream = process.stdout): Terminal {
  const alive = out.isTTY === true
  const paint = (style: 'bold' | 'green' | 'dim' | 'red', text: string) =>
    alive ? styleText(style, text) : text
  /** Whether the cursor stands behind a line that may still be written over. */
  let unfinished = false

  const draw = (line: string) => {
    if (alive) out.write(`\r\u001b[2K${line}`)
    unfinished = alive
  }
  const finish = (line: string) => {
    out.write(`${unfinished ? '\r\u001b[2K' : ''}${line}\n`)
    unfinished = false
  }
  return {
    say(line = '') {
      out.write(`${unfinished ? '\n' : ''}${line}\n`)
      unfinished = false
    },
    async step(what, work, outcome) {
      const begun = Date.now()
      draw(`  ${what} ...`)
      try {
        const value = await work()
        const took = paint('dim', `(${((Date.now() - begun) / 1000).toFixed(1)} s)`)
        const more = outcome ? `: ${outcome(value)}` : ''
        finish(`${paint('green', '✓')} ${what}${more} ${took}`)
        return value
      } catch (error) {
        finish(`${paint('red', '✗')} ${what}`)
        throw error
      }
    },
    progress(line, done = false) {
      if (done) finish(line)
      else draw(line)
    },
    bold: (text) => paint('bold', text),
  }
}
