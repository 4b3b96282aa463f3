// Twilio tells no file names, so a file is named by its kind.

const ENDINGS: Record<string, string> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'audio/ogg': 'ogg',
  'audio/mpeg': 'mp3',
  'audio/mp4': 'm4a',
  'audio/aac': 'aac',
  'audio/amr': 'amr',
  'video/mp4': 'mp4',
  'video/3gpp': '3gp',
  'application/pdf': 'pdf',
  'text/vcard': 'vcf',
  'text/x-vcard': 'vcf',
}

/** Such as `image-1.jpg`. */
export function fileNameOf(contentType: string, position: number): string {
  const type = contentType.split(';')[0]!.trim().toLowerCase()
  const kind = /^(image|audio|video)\//.exec(type)?.[1] ?? 'file'
  const ending = ENDINGS[type]
  return `${kind}-${position + 1}${ending ? `.${ending}` : ''}`
}
