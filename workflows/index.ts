// What the workers register: one export per workflow type, named as in temporal/contracts.ts.

export { connectInbox, preflight } from './connect-inbox.ts'
export { conversation } from './conversation.ts'
export { discoverServers } from './discover-servers.ts'
export { fetchFiles } from './fetch-files.ts'
export { importHistory } from './import-history.ts'
export { inbox } from './inbox.ts'
export { eraseContact, exportContact } from './privacy.ts'
export { retention } from './retention.ts'
export { sendMessages } from './send-messages.ts'
export { sendNotices } from './send-notices.ts'
export { sync } from './sync.ts'
export { watchdog } from './watchdog.ts'
