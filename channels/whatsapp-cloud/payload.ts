// A message as the Cloud API takes it. Pure.
// https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages

import type { Interactive } from '../../domain/interactive.ts'

export interface WhatsAppFile {
  fileName: string
  contentType: string
  /** Where Meta fetches it from. */
  url: string
}

export interface WhatsAppMessage {
  /** Number or id of the contact. */
  to: string
  text: string
  file: WhatsAppFile | null
  interactive: Interactive | null
  /** An approved text: `name` and `language` are its key. */
  template: { name: string; language: string; variables: Record<string, string> } | null
  /** Id of the message it answers. */
  inReplyTo: string | null
  /** Of our message; comes back with its statuses. */
  reference: number
}

export function payloadOf(message: WhatsAppMessage): Record<string, unknown> {
  return {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: message.to.replace(/^\+/, ''),
    ...(message.inReplyTo === null ? {} : { context: { message_id: message.inReplyTo } }),
    biz_opaque_callback_data: String(message.reference),
    ...contentOf(message),
  }
}

function contentOf({ text, file, interactive, template }: WhatsAppMessage) {
  if (template) return templateContent(template)
  if (interactive) {
    const body = { text }
    return { type: 'interactive', interactive: { ...actionOf(interactive), body } }
  }
  if (file) {
    const kind = kindOf(file.contentType)
    const caption = text === '' || kind === 'audio' ? {} : { caption: text }
    const filename = kind === 'document' ? { filename: file.fileName } : {}
    return { type: kind, [kind]: { link: file.url, ...caption, ...filename } }
  }
  return { type: 'text', text: { body: text, preview_url: false } }
}

export function kindOf(contentType: string): 'image' | 'audio' | 'video' | 'document' {
  if (/^image\/(?:jpeg|png)$/.test(contentType)) return 'image'
  if (/^audio\/(?:aac|amr|mpeg|mp4|ogg)$/.test(contentType)) return 'audio'
  if (/^video\/(?:mp4|3gpp)$/.test(contentType)) return 'video'
  return 'document'
}

function actionOf(interactive: Interactive) {
  switch (interactive.kind) {
    case 'buttons': {
      const buttons = interactive.choices.map(({ id, title }) => ({
        type: 'reply',
        reply: { id, title },
      }))
      return { type: 'button', action: { buttons } }
    }
    case 'list': {
      const rows = interactive.choices.map(({ id, title, description }) => ({
        id,
        title,
        ...(description ? { description } : {}),
      }))
      return { type: 'list', action: { button: interactive.button, sections: [{ rows }] } }
    }
    case 'form': {
      const { flow, button, screen } = interactive
      const parameters = {
        flow_message_version: '3',
        flow_id: flow,
        flow_cta: button,
        flow_action: 'navigate',
        flow_action_payload: { screen },
      }
      return { type: 'flow', action: { name: 'flow', parameters } }
    }
  }
}

/** Variables by name or, where the template counts them, by number. */
function templateContent({ name, language, variables }: NonNullable<WhatsAppMessage['template']>) {
  const parameters = Object.entries(variables).map(([key, text]) => ({
    type: 'text',
    ...(/^\d+$/.test(key) ? {} : { parameter_name: key }),
    text,
  }))
  const components = parameters.length > 0 ? [{ type: 'body', parameters }] : []
  return {
    type: 'template',
    template: { name, language: { policy: 'deterministic', code: language }, components },
  }
}
