// Calls of the visitor's API, however they reach it.
import type { InjectOptions } from 'fastify'
import type { Told } from './told.ts'

type Send = (options: InjectOptions) => Promise<{ status: number; body: Told }>

export function widgetCalls(send: Send) {
  const call = (
    token: string | undefined,
    method: NonNullable<InjectOptions['method']>,
    path: string,
    payload?: object,
  ) =>
    send({
      method,
      url: `/api/v1/widget${path}`,
      ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
      ...(payload === undefined ? {} : { payload }),
    })
  return {
    call,
    startSession: (website_token: string, origin: string, token?: string) =>
      call(token, 'POST', '/sessions', { website_token, origin }),
  }
}
