// What is stored of a connected page: what the API shows, and what it never does.

import type { Connection } from '../channel.ts'

/** As the last sign-in found it. */
export interface PageSettings {
  page_id: string
  page_name: string
  /** Null: the page has no Instagram account, and only Messenger comes in. */
  instagram_id: string | null
  instagram_username: string | null
}

export interface InstagramSettings extends PageSettings {
  /** An answer that is too long for one message. */
  long_answers: 'refuse' | 'split'
}

export interface InstagramCredentials {
  /** Lives until the person who signed in changes something; Meta tells nobody when. */
  page_token: string
  /** Who signed in, as the app knows them; what they take back is taken back for this page. */
  user_id: string
}

export type InstagramConnection = Connection<InstagramSettings, InstagramCredentials>

/** The ids by which webhooks name the inbox. */
export function providerIdsOf({ page_id, instagram_id }: PageSettings): string[] {
  return instagram_id === null ? [page_id] : [page_id, instagram_id]
}
