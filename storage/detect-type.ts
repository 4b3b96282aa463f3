// What a file is by its bytes. Whatever the sender declared is never asked.

import { fileTypeFromBuffer } from 'file-type'

/** Bytes from the beginning that `detectType` needs to see. */
export const HEAD_BYTES = 4100

const IMAGES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'])

/**
 * The media type of a raster image, an audio or a video file; null for everything else, which a
 * browser must never render: documents, scripts, and SVG, which may carry one.
 */
export async function detectType(head: Buffer): Promise<string | null> {
  const found = await fileTypeFromBuffer(head.subarray(0, HEAD_BYTES))
  if (!found) return null
  const type = found.mime.split(';')[0]!
  return IMAGES.has(type) || /^(?:audio|video)\//.test(type) ? type : null
}
