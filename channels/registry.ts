// The one list of channels. Adding one is a folder and a line here.
import type { ChannelInfo } from './channel.ts'
import { email } from './email/index.ts'

export const channels: readonly ChannelInfo[] = [email]
