// What an administrator may set about a widget.
import { Nullable, OneOf, Type } from '../schemas.ts'
import { PreChatSchema } from './visitor.ts'

const Clock = Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$|^24:00$' })

export const WidgetForm = Type.Object({
  domains: Type.Array(Type.String({ maxLength: 300 }), {
    maxItems: 200,
    description: 'example.com, *.example.com or localhost; empty: any site',
  }),
  identity_validation: OneOf(
    ['off', 'optional', 'required'] as const,
    'Whether the site’s back end signs who its users are',
  ),
  multiple_conversations: Type.Boolean({ description: 'Needs identity validation' }),
  history_of_all_channels: Type.Boolean({ description: 'Needs several conversations' }),
  welcome_title: Type.String({ maxLength: 200 }),
  welcome_text: Type.String({ maxLength: 1000 }),
  colour: Type.String({ pattern: '^#[0-9a-f]{6}$' }),
  position: OneOf(['left', 'right'] as const),
  locale: Nullable(OneOf(['pt-BR', 'en'] as const)),
  pre_chat_fields: Type.Array(PreChatSchema, { maxItems: 20 }),
  business_hours: Nullable(
    Type.Object({
      time_zone: Type.String({ maxLength: 60 }),
      days: Type.Array(
        Type.Object({ day: Type.Integer({ minimum: 0, maximum: 6 }), from: Clock, to: Clock }),
        { maxItems: 28 },
      ),
      away_text: Type.String({ maxLength: 500, default: '' }),
    }),
  ),
})

export const WidgetSettingsSchema = Type.Object({
  website_token: Type.String(),
  ...WidgetForm.properties,
})
