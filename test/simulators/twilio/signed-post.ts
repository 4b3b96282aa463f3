// A webhook as Twilio sends it: signed over the address without its fragment, which holds how often
// to try again.
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js'

/**
 * The status of the answer; undefined when nobody answered. An answer with words is a fault.
 * `through`: the origin of a program that is reached in place of the address's own.
 */
export async function postSigned(
  address: string,
  token: string,
  params: Record<string, string>,
  through?: string,
): Promise<number | undefined> {
  const [url, fragment = ''] = address.split('#') as [string, string?]
  const tries = 1 + (Number(new URLSearchParams(fragment).get('rc')) || 0)
  for (let at = 0; at < tries; at++) {
    const response = await fetch(through ? `${through}${new URL(url).pathname}` : url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-twilio-signature': getExpectedTwilioSignature(token, url, params),
      },
      body: new URLSearchParams(params).toString(),
    }).catch(() => undefined)
    if (response?.ok && (await response.text()) !== '') {
      throw new Error('Twilio would send the words of the answer to the contact')
    }
    if (response && (response.ok || at === tries - 1)) return response.status
  }
  return undefined
}
