// The connect form of WhatsApp by the Cloud API as it arrives. channels/whatsapp-cloud/settings.ts has
// the last word.
import { Type } from '../schemas.ts'

const Text = (description: string) => Type.String({ minLength: 1, maxLength: 200, description })

export const WhatsAppForm = Type.Object({
  phone_number: Text('The number, such as +5511987654321'),
  phone_number_id: Text('Of WhatsApp > API set-up in the app’s dashboard'),
  waba_id: Text('Of the same page: the WhatsApp Business account'),
  access_token: Type.String({
    minLength: 1,
    maxLength: 1000,
    format: 'password',
    description: 'Of a system user, with whatsapp_business_messaging and _management',
  }),
})
