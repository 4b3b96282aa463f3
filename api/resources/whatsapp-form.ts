// The connect forms of WhatsApp by the Cloud API as they arrive. channels/whatsapp-cloud/settings.ts has
// the last word.
import { type Static, Type } from '../schemas.ts'

const Text = (description: string) => Type.String({ minLength: 1, maxLength: 200, description })

const credentials = {
  access_token: Type.String({
    minLength: 1,
    maxLength: 1000,
    format: 'password',
    description: 'Of a system user, with whatsapp_business_messaging and _management',
  }),
}

export const WhatsAppForm = Type.Object({
  phone_number: Text('The number, such as +5511987654321'),
  phone_number_id: Text('Of WhatsApp > API set-up in the app’s dashboard'),
  waba_id: Text('Of the same page: the WhatsApp Business account'),
  ...credentials,
})

/** Only what changes. */
export const WhatsAppEdit = Type.Partial(Type.Object(credentials))
export type EditedWhatsApp = Static<typeof WhatsAppEdit>

/** What Meta's popup brings. */
export const SignUpForm = Type.Object({
  code: Type.String({ minLength: 1, maxLength: 4000, format: 'password' }),
  waba_id: Text('Of the popup’s message FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING'),
  phone_number_id: Type.Optional(Text('Where that message has one')),
})
