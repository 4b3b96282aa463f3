// What an Instagram or Messenger message carries beside its text. Pure.
// https://developers.facebook.com/docs/messenger-platform/instagram/features/webhook

import type { InboundAttachment } from '../channel.ts'
import { list, object, text } from '../meta/webhook.ts'

interface Carried {
  attachments: InboundAttachment[]
  /** Shown beside the text. */
  attributes: Record<string, unknown>
}

/** Kinds whose address leads to the file itself. Meta tells no names, sizes or exact types. */
const FILES: Record<string, { contentType: string; name: string }> = {
  image: { contentType: 'image/jpeg', name: 'image' },
  sticker: { contentType: 'image/png', name: 'sticker' },
  video: { contentType: 'video/mp4', name: 'video' },
  audio: { contentType: 'audio/mp4', name: 'audio' },
  file: { contentType: 'application/octet-stream', name: 'file' },
  share: { contentType: 'image/jpeg', name: 'post' },
  post: { contentType: 'image/jpeg', name: 'post' },
  ig_post: { contentType: 'image/jpeg', name: 'post' },
  reel: { contentType: 'video/mp4', name: 'reel' },
  ig_reel: { contentType: 'video/mp4', name: 'reel' },
}
/** What somebody published, not something made for us: said so beside the file. */
const PUBLISHED = new Set(['share', 'post', 'ig_post', 'reel', 'ig_reel'])

/** Files stay at Meta for now; `part` is where, and the address dies with the content. */
export function carriedBy(message: Record<string, unknown>): Carried {
  const attachments: InboundAttachment[] = []
  const shared: Record<string, unknown>[] = []
  const attributes: Record<string, unknown> = {}
  const story = object(object(message.reply_to).story)
  if (text(story.id)) {
    attributes.story = { id: text(story.id) }
    // Its picture is the context of the answer, and is gone with the story in a day.
    if (text(story.url)) attachments.push(fileAt(text(story.url), 'image/jpeg', 'story', 'story'))
  }
  for (const one of list(message.attachments)) {
    const type = text(one.type)
    const payload = object(one.payload)
    const url = text(payload.url) || text(one.url)
    const title = text(payload.title) || text(one.title)
    const file = Object.hasOwn(FILES, type) ? FILES[type] : undefined
    if (PUBLISHED.has(type) || type === 'fallback') {
      shared.push({ type, ...(title ? { title } : {}), ...(url ? { url } : {}) })
    }
    if (file && /^https:/.test(url)) {
      const name = `${file.name}-${attachments.length + 1}`
      attachments.push(fileAt(url, file.contentType, name, null))
    } else if (type === 'location') {
      const { lat, long } = object(payload.coordinates)
      attributes.location = { latitude: lat, longitude: long }
    } else if (type === 'ephemeral') {
      attributes.unavailable = 'ephemeral'
    } else if (!file && type !== 'fallback') {
      attributes.unavailable = 'unsupported'
    }
  }
  if (shared.length > 0) attributes.shared = shared
  if (message.is_unsupported === true) attributes.unavailable = 'unsupported'
  return { attachments, attributes }
}

/** Somebody told their followers of us: nothing that was written to us. */
export function isStoryMention(message: Record<string, unknown>): boolean {
  return list(message.attachments).some(({ type }) => type === 'story_mention')
}

function fileAt(
  url: string,
  contentType: string,
  fileName: string,
  contentId: string | null,
): InboundAttachment {
  return { fileName, contentType, size: 0, contentId, inline: false, content: null, part: url }
}
