// What is read from the API, under the keys by which events renew it (live/).
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { ApiFailure, api, at, dataOf, here } from './client.ts'

const A = '/api/v1/accounts/{account_id}'

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  staleTime: Number.POSITIVE_INFINITY,
  async queryFn() {
    try {
      return await dataOf(api.GET('/api/v1/session'))
    } catch (error) {
      if (error instanceof ApiFailure && error.status === 401) return null
      throw error
    }
  },
})

/** All of them: what is red has to be seen, on whichever page it would be. */
export const inboxesQuery = queryOptions({
  queryKey: ['inboxes'],
  refetchInterval: 30_000,
  queryFn: () =>
    everyPage((cursor) =>
      dataOf(api.GET(`${A}/inboxes`, { params: { ...here(), query: { limit: 100, ...cursor } } })),
    ),
})

export const inboxQuery = (id: number) =>
  queryOptions({
    queryKey: ['inboxes', id],
    refetchInterval: 15_000,
    queryFn: () => dataOf(api.GET(`${A}/inboxes/{id}`, { params: at(id) })),
  })

/** Asked again until somebody has come back from Facebook and what that opened is read. */
export const facebookSignInQuery = (id: string) =>
  queryOptions({
    queryKey: ['facebook-sign-ins', id],
    refetchInterval: ({ state: { data } }) =>
      data === undefined || data.status === 'ready' || data.status === 'failed' ? false : 2_000,
    queryFn: () =>
      dataOf(
        api.GET(`${A}/inboxes/instagram/sign_ins/{id}`, {
          params: { path: { ...here().path, id } },
        }),
      ),
  })

export const receiversQuery = (id: number) =>
  queryOptions({
    queryKey: ['inboxes', id, 'receivers'],
    queryFn: () => dataOf(api.GET(`${A}/inboxes/{id}/receivers`, { params: at(id) })),
    select: ({ data }) => data,
  })

/** What opens Meta's popup; null where the operator has set up none. */
export const popupQuery = queryOptions({
  queryKey: ['meta-popup'],
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: async () =>
    (await dataOf(api.GET(`${A}/inboxes/whatsapp_cloud/sign_up`, { params: here() }))).popup,
})

export const membersQuery = (id: number) =>
  queryOptions({
    queryKey: ['inboxes', id, 'members'],
    queryFn: () => dataOf(api.GET(`${A}/inboxes/{id}/members`, { params: at(id) })),
    select: ({ data }) => data,
  })

export const timelineQuery = (id: number) =>
  infiniteQueryOptions({
    queryKey: ['inboxes', id, 'timeline'],
    initialPageParam: '',
    queryFn: ({ pageParam }) =>
      dataOf(
        api.GET(`${A}/inboxes/{id}/timeline`, {
          params: { ...at(id), query: { limit: 25, ...after(pageParam) } },
        }),
      ),
    getNextPageParam: ({ next_cursor }) => next_cursor,
  })

export const quarantineQuery = (id: number) =>
  infiniteQueryOptions({
    queryKey: ['inboxes', id, 'quarantine'],
    initialPageParam: '',
    queryFn: ({ pageParam }) =>
      dataOf(
        api.GET(`${A}/inboxes/{id}/quarantine`, {
          params: { ...at(id), query: { limit: 25, ...after(pageParam) } },
        }),
      ),
    getNextPageParam: ({ next_cursor }) => next_cursor,
  })

export const widgetQuery = (id: number) =>
  queryOptions({
    queryKey: ['inboxes', id, 'widget'],
    queryFn: () => dataOf(api.GET(`${A}/widgets/{id}`, { params: at(id) })),
  })

export const identityTokensQuery = (id: number) =>
  queryOptions({
    queryKey: ['inboxes', id, 'identity_tokens'],
    queryFn: () => dataOf(api.GET(`${A}/widgets/{id}/identity_tokens`, { params: at(id) })),
    select: ({ data }) => data,
  })

export const widgetScriptsQuery = (id: number) =>
  queryOptions({
    queryKey: ['inboxes', id, 'scripts'],
    queryFn: () => dataOf(api.GET(`${A}/widgets/{id}/scripts`, { params: at(id) })),
  })

export const widgetHealthQuery = (id: number) =>
  queryOptions({
    queryKey: ['inboxes', id, 'health'],
    refetchInterval: 15_000,
    queryFn: () => dataOf(api.GET(`${A}/widgets/{id}/health`, { params: at(id) })),
  })

export const callbackQuery = (id: number) =>
  queryOptions({
    queryKey: ['inboxes', id, 'webhook'],
    refetchInterval: 15_000,
    queryFn: () => dataOf(api.GET(`${A}/inboxes/{id}/webhook`, { params: at(id) })),
  })

export const agentsQuery = queryOptions({
  queryKey: ['agents'],
  staleTime: 60_000,
  queryFn: () =>
    everyPage((cursor) =>
      dataOf(api.GET(`${A}/agents`, { params: { ...here(), query: { limit: 100, ...cursor } } })),
    ),
})

export const teamsQuery = queryOptions({
  queryKey: ['teams'],
  staleTime: 60_000,
  queryFn: () =>
    everyPage((cursor) =>
      dataOf(api.GET(`${A}/teams`, { params: { ...here(), query: { limit: 100, ...cursor } } })),
    ),
})

export const teamMembersQuery = (id: number) =>
  queryOptions({
    queryKey: ['teams', id, 'members'],
    queryFn: () => dataOf(api.GET(`${A}/teams/{id}/members`, { params: at(id) })),
    select: ({ data }) => data,
  })

export interface ConversationFilter {
  status?: 'open' | 'pending' | 'resolved' | 'snoozed'
  inbox_id?: number
  assignee_id?: number
  team_id?: number
  contact_id?: number
  /** Words of one of its messages, or its number. */
  search?: string
}

export const conversationsQuery = (filter: ConversationFilter) =>
  infiniteQueryOptions({
    queryKey: ['conversations', 'list', filter],
    initialPageParam: '',
    queryFn: ({ pageParam }) =>
      dataOf(
        api.GET(`${A}/conversations`, {
          params: { ...here(), query: { limit: 25, ...filter, ...after(pageParam) } },
        }),
      ),
    getNextPageParam: ({ next_cursor }) => next_cursor,
  })

export const conversationQuery = (id: number) =>
  queryOptions({
    queryKey: ['conversations', id],
    queryFn: () => dataOf(api.GET(`${A}/conversations/{id}`, { params: at(id) })),
  })

export const messagesQuery = (id: number) =>
  infiniteQueryOptions({
    queryKey: ['conversations', id, 'messages'],
    initialPageParam: '',
    queryFn: ({ pageParam }) =>
      dataOf(
        api.GET(`${A}/conversations/{id}/messages`, {
          params: { ...at(id), query: { limit: 25, ...after(pageParam) } },
        }),
      ),
    getNextPageParam: ({ next_cursor }) => next_cursor,
  })

export const emailProvidersQuery = queryOptions({
  queryKey: ['email_providers'],
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: () => dataOf(api.GET(`${A}/email_providers`, { params: here() })),
  select: ({ data }) => data,
})

/** Time alone can change them. */
export const replyLimitsQuery = (id: number) =>
  queryOptions({
    queryKey: ['conversations', id, 'reply_limits'],
    refetchInterval: 60_000,
    queryFn: () => dataOf(api.GET(`${A}/conversations/{id}/reply_limits`, { params: at(id) })),
  })

export const templatesQuery = (inboxId: number) =>
  queryOptions({
    queryKey: ['inboxes', inboxId, 'templates'],
    queryFn: () => dataOf(api.GET(`${A}/inboxes/{id}/templates`, { params: at(inboxId) })),
    select: ({ data }) => data,
  })

export const contactsQuery = (filter: { search?: string }) =>
  infiniteQueryOptions({
    queryKey: ['contacts', 'list', filter],
    initialPageParam: '',
    queryFn: ({ pageParam }) =>
      dataOf(
        api.GET(`${A}/contacts`, {
          params: { ...here(), query: { limit: 50, ...filter, ...after(pageParam) } },
        }),
      ),
    getNextPageParam: ({ next_cursor }) => next_cursor,
  })

export const attributesQuery = queryOptions({
  queryKey: ['custom_attribute_definitions'],
  staleTime: 60_000,
  queryFn: () =>
    everyPage((cursor) =>
      dataOf(
        api.GET(`${A}/custom_attribute_definitions`, {
          params: { ...here(), query: { limit: 100, ...cursor } },
        }),
      ),
    ),
})

/** While it is not over it is looked at every second. */
export const privacyRequestQuery = (id: number) =>
  queryOptions({
    queryKey: ['privacy_requests', id],
    queryFn: () => dataOf(api.GET(`${A}/privacy_requests/{id}`, { params: at(id) })),
    refetchInterval: ({ state: { data } }) =>
      data === undefined || data.status === 'waiting' || data.status === 'running' ? 1_000 : false,
  })

export const privacyRequestsQuery = infiniteQueryOptions({
  queryKey: ['privacy_requests', 'list'],
  initialPageParam: '',
  queryFn: ({ pageParam }) =>
    dataOf(
      api.GET(`${A}/privacy_requests`, {
        params: { ...here(), query: { limit: 25, ...after(pageParam) } },
      }),
    ),
  getNextPageParam: ({ next_cursor }) => next_cursor,
})

export const contactQuery = (id: number) =>
  queryOptions({
    queryKey: ['contacts', id],
    staleTime: 60_000,
    queryFn: () => dataOf(api.GET(`${A}/contacts/{id}`, { params: at(id) })),
  })

export const rulesQuery = queryOptions({
  queryKey: ['rules'],
  queryFn: () =>
    everyPage((cursor) =>
      dataOf(api.GET(`${A}/rules`, { params: { ...here(), query: { limit: 100, ...cursor } } })),
    ),
})

export const vocabularyQuery = queryOptions({
  queryKey: ['rule_vocabulary'],
  queryFn: () => dataOf(api.GET(`${A}/rule_vocabulary`, { params: here() })),
})

export const ruleRunsQuery = infiniteQueryOptions({
  queryKey: ['rule_runs'],
  initialPageParam: '',
  queryFn: ({ pageParam }) =>
    dataOf(
      api.GET(`${A}/rule_runs`, {
        params: { ...here(), query: { limit: 25, ...after(pageParam) } },
      }),
    ),
  getNextPageParam: ({ next_cursor }) => next_cursor,
})

export const apiKeysQuery = queryOptions({
  queryKey: ['api_keys'],
  queryFn: () =>
    everyPage((cursor) =>
      dataOf(api.GET(`${A}/api_keys`, { params: { ...here(), query: { limit: 100, ...cursor } } })),
    ),
})

export const webhooksQuery = queryOptions({
  queryKey: ['webhooks'],
  queryFn: () =>
    everyPage((cursor) =>
      dataOf(api.GET(`${A}/webhooks`, { params: { ...here(), query: { limit: 100, ...cursor } } })),
    ),
})

export const botsQuery = queryOptions({
  queryKey: ['bots'],
  queryFn: () => dataOf(api.GET(`${A}/bots`, { params: here() })),
  select: ({ data }) => data,
})

const after = (cursor: string) => (cursor === '' ? {} : { cursor })

async function everyPage<T>(
  read: (cursor: { cursor?: string }) => Promise<{ data: T[]; next_cursor: string | null }>,
): Promise<T[]> {
  const all: T[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await read(after(cursor))
    all.push(...page.data)
    cursor = page.next_cursor
  }
  return all
}
