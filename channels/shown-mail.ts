// How a stored mail is shown, whichever account it came through: its reply apart from what it quotes,
// its HTML made safe. Pure, and done when somebody looks; nothing of it is stored.
import { contentIdOf } from '../protocols/mime/part-tree.ts'
import { type SafeHtml, safeHtml } from '../protocols/mime/safe-html.ts'

export { quoteStart } from '../protocols/mime/quoted-text.ts'

/** An attachment a picture in the HTML may name. `url`: null until it can be loaded. */
export interface ShownFile {
  fileName: string
  contentId: string | null
  url: string | null
}

/** The HTML with the mail's own pictures in their places; null when it is better shown as text. */
export function shownHtml(
  html: string,
  files: readonly ShownFile[],
  { remoteImages }: { remoteImages: boolean },
): SafeHtml | null {
  const urls = new Map<string, string>()
  for (const { fileName, contentId, url } of files) {
    if (url === null) continue
    const id = contentId === null ? null : contentIdOf(contentId)
    // The first of a name wins, as it does in the mailers that forget the `cid:`.
    for (const key of [id === null ? null : `cid ${id}`, `name ${fileName}`]) {
      const lower = key?.toLowerCase()
      if (lower !== undefined && !urls.has(lower)) urls.set(lower, url)
    }
  }
  return safeHtml(html, {
    remoteImages,
    imageUrl: (wanted) =>
      urls.get(
        ('contentId' in wanted
          ? `cid ${wanted.contentId}`
          : `name ${wanted.fileName}`
        ).toLowerCase(),
      ),
  })
}
