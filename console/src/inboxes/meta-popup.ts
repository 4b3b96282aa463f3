// Meta's popup for users of the WhatsApp Business app: its SDK, and what comes of it.
// https://developers.facebook.com/docs/whatsapp/embedded-signup/implementation
import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { popupQuery } from '../api/queries.ts'
import type { Popup } from '../api/shapes.ts'

/** What the API trades for an access, within half a minute. */
export interface SignedUp {
  code: string
  waba_id: string
  phone_number_id?: string
}

/**
 * `isReady`: a browser opens a popup only at once after a click, so the SDK has to be there before.
 * @param wanted false: nothing is loaded
 */
export function useMetaPopup(wanted: boolean) {
  const { t } = useLingui()
  const { data: popup } = useQuery({ ...popupQuery, enabled: wanted })
  const sdk = useQuery({
    queryKey: ['meta-sdk'],
    enabled: Boolean(popup),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    meta: { shown: true },
    queryFn: () => loadSdk(popup!),
  })
  return {
    isReady: sdk.isSuccess,
    failure: sdk.isError
      ? new Error(t`Meta’s window cannot be opened: this browser did not load its script.`)
      : null,
    async open(): Promise<SignedUp> {
      const told = await openPopup(sdk.data!, popup!)
      if (told === undefined) throw new Error(t`Meta’s window was closed before it was finished.`)
      return told
    },
  }
}

interface Sdk {
  init(options: { appId: string; version: string; xfbml: boolean }): void
  login(
    answered: (answer: { authResponse?: { code?: string } | null }) => void,
    options: object,
  ): void
}

declare global {
  interface Window {
    FB?: Sdk
    /** The SDK's word that it is there whole: what is loaded first only loads the rest. */
    fbAsyncInit?: () => void
  }
}

async function loadSdk({ sdk_url, app_id, graph_version }: Popup): Promise<Sdk> {
  if (!window.FB) {
    const script = Object.assign(document.createElement('script'), { src: sdk_url })
    await new Promise<void>((resolve, reject) => {
      window.fbAsyncInit = resolve
      script.addEventListener('error', reject)
      document.head.append(script)
    })
  }
  const sdk = window.FB!
  sdk.init({ appId: app_id, version: graph_version, xfbml: false })
  return sdk
}

/** The account comes by a message, the code by the SDK, in either order. */
const MESSAGE_MS = 10_000

/** Undefined: it was closed, or left unfinished. */
function openPopup(sdk: Sdk, { config_id, dialog_origin }: Popup): Promise<SignedUp | undefined> {
  const account = Promise.withResolvers<Omit<SignedUp, 'code'> | undefined>()
  const code = Promise.withResolvers<string | undefined>()
  const listen = ({ origin, data }: MessageEvent): void => {
    if (!isOfMeta(origin, dialog_origin)) return
    const { type, event, data: told } = parsed(data)
    if (type !== 'WA_EMBEDDED_SIGNUP') return
    if (event === 'CANCEL' || event === 'ERROR') account.resolve(undefined)
    if (event?.startsWith('FINISH') && told?.waba_id) account.resolve(accountOf(told))
  }
  window.addEventListener('message', listen)
  sdk.login(({ authResponse }) => code.resolve(authResponse?.code), {
    config_id,
    response_type: 'code',
    override_default_response_type: true,
    extras: {
      version: 'v4',
      featureType: 'whatsapp_business_app_onboarding',
      sessionInfoVersion: '3',
    },
  })
  return code.promise
    .then(async (given) => {
      if (given === undefined) return undefined
      setTimeout(() => account.resolve(undefined), MESSAGE_MS)
      const told = await account.promise
      return told && { code: given, ...told }
    })
    .finally(() => window.removeEventListener('message', listen))
}

interface Message {
  type?: string
  event?: string
  data?: { waba_id?: string; phone_number_id?: string }
}

/** Anybody may post messages to a window. */
function isOfMeta(origin: string, dialogOrigin: string): boolean {
  return origin === dialogOrigin || /^https:\/\/(?:[\w-]+\.)*facebook\.com$/.test(origin)
}

function parsed(data: unknown): Message {
  if (typeof data !== 'string') return (data ?? {}) as Message
  try {
    return (JSON.parse(data) ?? {}) as Message
  } catch {
    return {}
  }
}

function accountOf({ waba_id, phone_number_id }: NonNullable<Message['data']>) {
  return { waba_id: waba_id!, ...(phone_number_id ? { phone_number_id } : {}) }
}
