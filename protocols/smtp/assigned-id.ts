// Some servers put their own Message-ID in place of ours; answers to the mail will name that one.

/**
 * The Message-ID a server's last reply says it gave the mail, without angle brackets; null when it
 * says none. Known: Exchange and Microsoft 365 (`250 2.0.0 OK <AM0…@….prod.outlook.com> [Hostname=…]`,
 * `250 2.6.0 <…> [InternalId=…] Queued mail for delivery`), and Amazon SES, which answers with the
 * local part alone (`250 Ok 0100018…-000000`) and completes it by its region. Other servers put
 * addresses in brackets.
 */
export function assignedMessageId(response: string, host: string): string | null {
  const named =
    /^250 2\.\d\.0 (?:OK )?<([^<>\s@]{1,200}@[^<>\s@]{1,200})> \[(?:Hostname|InternalId)=/i.exec(
      response,
    )
  if (named !== null) return named[1]!
  const region = /^email-smtp(?:-fips)?\.([a-z0-9-]{1,30})\.amazonaws\.com$/i.exec(host)?.[1]
  const local = /^250 ok ([0-9a-f]{16}-[0-9a-f-]{20,60})$/i.exec(response.trim())?.[1]
  if (region === undefined || local === undefined) return null
  return `${local}@${region === 'us-east-1' ? 'email' : region.toLowerCase()}.amazonses.com`
}
