// What WhatsApp's numbers mean for a message, whether they come with a reply or with a status.
// https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes

const REASONS: Record<number, string> = {
  131008: 'content_not_accepted',
  131009: 'content_not_accepted',
  131021: 'recipient_refused',
  131026: 'not_on_whatsapp',
  131042: 'payment_missing',
  131047: 'window_closed',
  131048: 'sending_limit',
  131049: 'held_back_by_meta',
  131050: 'recipient_opted_out',
  131051: 'content_not_accepted',
  131052: 'media_not_fetched',
  131053: 'media_not_accepted',
  131056: 'sending_limit',
  131060: 'see_phone',
  130429: 'sending_limit',
  130472: 'held_back_by_meta',
}

/** A stable reason with a text in `locales/`. */
export function reasonOf(code: number): string {
  if (code >= 132_000 && code <= 132_069) return 'template_refused'
  return REASONS[code] ?? 'message_refused'
}
