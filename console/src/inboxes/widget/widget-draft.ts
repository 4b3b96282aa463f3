// A widget's settings while they are edited.
import type { WidgetSettings } from '../../api/shapes.ts'

export interface WidgetDraft extends Omit<WidgetSettings, 'website_token' | 'domains'> {
  /** A line each. */
  domains: string
}

/** What of it a visitor sees before a word is written. */
export type WidgetLook = Pick<
  WidgetDraft,
  'welcome_title' | 'welcome_text' | 'colour' | 'position' | 'locale'
>

export interface DraftFieldsProps {
  draft: WidgetDraft
  onChange: (part: Partial<WidgetDraft>) => void
}

export function draftOf({ website_token: _, domains, ...settings }: WidgetSettings): WidgetDraft {
  return { ...settings, domains: domains.join('\n') }
}

export function bodyOf({ domains, ...settings }: WidgetDraft) {
  return { ...settings, domains: domainLines(domains) }
}

export function domainLines(text: string): string[] {
  return text.split(/\s+/).filter(Boolean)
}
