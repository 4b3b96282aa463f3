// The largest attachment that an account or an inbox stores; the smallest limit counts.
import { Nullable, Type } from './schemas.ts'

export const AttachmentLimit = Nullable(
  Type.Integer({
    minimum: 65_536,
    maximum: 5_000_000_000,
    description: 'Larger attachments stay in the mailbox; null: the limit of what is above',
  }),
)
