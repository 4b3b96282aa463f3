// What a browser keeps for the next page: in the iframe's own storage, which is partitioned by site.
// Where storage is forbidden the visit lasts as long as the page.
const fallback = new Map<string, string>()

export function readKept<T>(key: string): T | undefined {
  let text: string | null | undefined
  try {
    text = localStorage.getItem(key)
  } catch {
    text = fallback.get(key)
  }
  try {
    return text ? (JSON.parse(text) as T) : undefined
  } catch {
    return undefined
  }
}

/** Undefined forgets it. */
export function keep(key: string, value: unknown): void {
  const text = value === undefined ? undefined : JSON.stringify(value)
  try {
    if (text === undefined) localStorage.removeItem(key)
    else localStorage.setItem(key, text)
  } catch {
    if (text === undefined) fallback.delete(key)
    else fallback.set(key, text)
  }
}

/** Names that begin so. */
export function keptBelow(prefix: string): string[] {
  let names: string[]
  try {
    names = Object.keys(localStorage)
  } catch {
    names = [...fallback.keys()]
  }
  return names.filter((name) => name.startsWith(prefix))
}
