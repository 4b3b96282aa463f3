// What stands under a mail whose files were too large to go with it, in the account's language.
import type { Locale } from './shape.ts'

export interface LinkedFile {
  fileName: string
  /** Bytes. */
  size: number
  url: string
}

const INTRODUCTION: Record<Locale, (until: string) => string> = {
  'pt-BR': (until) => `Arquivos grandes demais para este e-mail, disponíveis até ${until}:`,
  en: (until) => `Files too large for this mail, available until ${until}:`,
}

/** A paragraph of plain text. `until` is the day on which the links end, in the account's zone. */
export function linkedFilesText(
  files: readonly LinkedFile[],
  until: Date,
  { locale, timezone }: { locale: Locale; timezone: string },
): string {
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: timezone })
  const megabytes = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 })
  const lines = files.map(
    ({ fileName, size, url }) => `${fileName} (${megabytes.format(size / 1e6)} MB)\n${url}`,
  )
  return [INTRODUCTION[locale](day.format(until)), ...lines].join('\n\n')
}
