// Autoconfig documents as a mail domain publishes them.

export interface ListedServer {
  host: string
  port?: number
  socketType?: string
  username?: string
  authentication?: string
}

export function serverOf(type: string, server: ListedServer): string {
  const { host, port = 993, socketType = 'SSL', username = '%EMAILADDRESS%' } = server
  const element = type === 'smtp' ? 'outgoingServer' : 'incomingServer'
  return `
    <${element} type="${type}">
      <hostname>${host}</hostname>
      <port>${port}</port>
      <socketType>${socketType}</socketType>
      <username>${username}</username>
      <authentication>${server.authentication ?? 'password-cleartext'}</authentication>
    </${element}>`
}

export function autoconfigOf(servers: string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<clientConfig version="1.1">
  <emailProvider id="shop.test">
    <domain>shop.test</domain>
    <displayName>Shop mail</displayName>${servers.join('')}
  </emailProvider>
</clientConfig>`
}
