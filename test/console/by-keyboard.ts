// Going through a page by Tab alone, as people do who have no mouse.
import type { Page } from 'playwright-core'

interface Focused {
  name: string
  /** The focus is seen: an outline, a shadow or a border that only it has. */
  seen: boolean
}

/**
 * Presses Tab until the focus is on what bears this name, and answers whether it was seen there.
 * @throws Error when it cannot be reached, or the focus was not seen on the way
 */
export async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const passed: string[] = []
  for (let presses = 0; presses < 120; presses++) {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate<Focused | null>(FOCUSED)
    if (focused === null) continue
    if (!focused.seen) throw new Error(`The focus is not seen on “${focused.name}”`)
    const found = typeof name === 'string' ? focused.name === name : name.test(focused.name)
    if (found) return
    passed.push(focused.name)
  }
  throw new Error(`Tab does not lead to ${name}, but to ${passed.join(', ')}`)
}

// Runs in the page, as text: there are no types of a browser here.
const FOCUSED = `(() => {
  const element = document.activeElement
  if (!element || element === document.body) return null
  const labels = element.labels ? [...element.labels].map((label) => label.textContent) : []
  const by = (element.getAttribute('aria-labelledby') ?? '').split(' ').filter(Boolean)
  const named = by.map((id) => document.getElementById(id)?.textContent ?? '')
  const name = [element.getAttribute('aria-label'), ...labels, ...named, element.textContent]
    .find((text) => text && text.trim() !== '')
  // A hidden input lends its focus to what is drawn for it.
  const group = [element, element.nextElementSibling, element.parentElement].filter(Boolean)
  const seen = element.tagName === 'IFRAME' || group.some((part) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(part)
    return (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || boxShadow !== 'none'
  }) || element.matches('input, textarea')
  return { name: (name ?? element.tagName).replace(/\\s*\\*$/, '').trim(), seen }
})()`
