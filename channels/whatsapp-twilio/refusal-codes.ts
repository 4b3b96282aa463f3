// What Twilio's numbers mean for a message, whether they come with a reply or with a status.
// https://www.twilio.com/docs/api/errors

const REASONS: Record<number, string> = {
  21211: 'recipient_refused',
  21408: 'recipient_refused',
  21610: 'recipient_opted_out',
  21617: 'message_too_long',
  21620: 'media_not_accepted',
  21656: 'template_variables_wrong',
  63003: 'not_on_whatsapp',
  63005: 'content_not_accepted',
  63007: 'sender_not_found',
  63008: 'provider_misconfigured',
  63010: 'provider_failed',
  63012: 'provider_failed',
  63015: 'sandbox_not_joined',
  63016: 'window_closed',
  63017: 'sending_limit',
  63018: 'sending_limit',
  63019: 'media_not_fetched',
  63020: 'provider_misconfigured',
  63021: 'content_not_accepted',
  63023: 'provider_failed',
  63024: 'recipient_refused',
}

/** A stable reason with a text in `locales/`. */
export function reasonOf(code: number): string {
  return REASONS[code] ?? 'message_refused'
}
