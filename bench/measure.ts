// What a benchmark reads from the system and prints.
import { readdirSync, readFileSync } from 'node:fs'

/** Highest resident memory of a process so far, in MB. Linux. */
export function peakRssMb(pid: number): number {
  return fieldKb(pid, 'VmHWM') / 1024
}

/** Resident memory of a process now, in KB. Linux. */
export function rssKb(pid: number): number {
  return fieldKb(pid, 'VmRSS')
}

function fieldKb(pid: number, field: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN)
}

/** CPU seconds a process has used, its threads together. Linux; a tick is 10 ms. */
export function cpuSeconds(pid: number): number {
  const fields = statOf(pid)
  return (Number(fields[11]) + Number(fields[12])) / 100
}

/** The same of a process and its children, such as Postgres and its connections. */
export function cpuSecondsWithChildren(pid: number): number {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  const own = all.map(Number).filter((one) => one === pid || parentOf(one) === pid)
  return own.reduce((sum, one) => sum + cpuSeconds(one), 0)
}

/** Undefined when it has just ended. */
function parentOf(pid: number): number | undefined {
  try {
    return Number(statOf(pid)[1])
  } catch {
    return undefined
  }
}

/** From the third field on: the name in parentheses before it may hold spaces (proc_pid_stat(5)). */
function statOf(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (sorted.length - 1) * q
  const low = sorted[Math.floor(at)] ?? Number.NaN
  const high = sorted[Math.ceil(at)] ?? Number.NaN
  return low + (high - low) * (at - Math.floor(at))
}

export function rounded(value: number, digits = 0): number {
  return Number(value.toFixed(digits))
}
