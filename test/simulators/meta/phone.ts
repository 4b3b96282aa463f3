// A business phone with the devices that are linked to it, and its contacts' devices: what of their
// messages Meta tells, by webhook, and what it keeps to itself.
// https://developers.facebook.com/docs/whatsapp/embedded-signup/custom-flows/onboarding-business-app-users/#linked-devices
import type { webhooksOf } from '../../api/whatsapp-number.ts'

export type Device = 'phone' | 'web' | 'mac' | 'windows' | 'wearos'

const UNSUPPORTED: ReadonlySet<Device> = new Set(['windows', 'wearos'])

export function phoneOf(
  hooks: ReturnType<typeof webhooksOf>,
  push: (...entries: object[]) => Promise<unknown>,
) {
  /** What everybody sees who looks at the phone. */
  const shown: string[] = []
  return {
    shown,
    /** The business writes to its contact. */
    async write(device: Device, text: string): Promise<void> {
      shown.push(text)
      if (!UNSUPPORTED.has(device)) await push(hooks.echoes(hooks.text(text)))
    },
    /** The contact writes. Of some devices Meta tells that there is something, and not what. */
    async receive(device: Device, text: string): Promise<void> {
      shown.push(text)
      const message = UNSUPPORTED.has(device)
        ? hooks.written({ type: 'unsupported', errors: [UNAVAILABLE] })
        : hooks.text(text)
      await push(hooks.messages(message))
    },
  }
}

const UNAVAILABLE = {
  code: 131_060,
  title: 'This message is currently unavailable. Please check your phone.',
}
