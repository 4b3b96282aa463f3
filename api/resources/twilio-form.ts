// The connect form of WhatsApp through Twilio as it arrives. channels/whatsapp-twilio/settings.ts has
// the last word.
import { type Static, Type } from '../schemas.ts'

const Text = (description: string) => Type.String({ minLength: 1, maxLength: 200, description })
const Secret = (description: string) =>
  Type.String({ minLength: 1, maxLength: 200, format: 'password', description })

const credentials = {
  auth_token: Secret(
    'Of the account that owns the sender; a subaccount has its own. Needed with an API key too: it ' +
      'is what webhooks are signed with',
  ),
  api_key_sid: Type.Optional(Text('Send with this API key instead of the Auth Token')),
  api_key_secret: Type.Optional(Secret('Of the API key')),
}

export const TwilioForm = Type.Object({
  phone_number: Text('The WhatsApp sender, such as +5511987654321'),
  account_sid: Text('Begins with AC'),
  ...credentials,
})

/** Only what changes. A new Auth Token goes beside the old one until the next change. */
export const TwilioEdit = Type.Partial(Type.Object(credentials))
export type EditedTwilio = Static<typeof TwilioEdit>
