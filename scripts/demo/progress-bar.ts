// An import's progress as one line of text.
import type { Inbox } from './api-client.ts'

const WIDTH = 30

export function progressBar({ state, import: progress }: Pick<Inbox, 'state' | 'import'>): string {
  if (!progress || progress.total === null) return `  [${' '.repeat(WIDTH)}] ${state}`
  const { done, total, rate_per_second, eta_seconds, quarantined } = progress
  const filled = total === 0 ? WIDTH : Math.round((WIDTH * Math.min(done, total)) / total)
  const bar = '█'.repeat(filled) + ' '.repeat(WIDTH - filled)
  const more = [
    ...(rate_per_second === null ? [] : [`${Math.round(rate_per_second)} mails/s`]),
    ...(eta_seconds ? [`${eta_seconds} s left`] : []),
    ...(quarantined > 0 ? [`${quarantined} set aside`] : []),
  ]
  return `  [${bar}] ${done}/${total} mails  ${more.join(', ')}`
}
