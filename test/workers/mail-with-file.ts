// A mail with one attachment, as a mail program writes it.

/** Its Message-ID is `<subject>@customer.test`. */
export function mailWithFile(
  subject: string,
  file: Buffer,
  date = new Date(),
  person = 'carla',
): Buffer {
  return Buffer.from(
    [
      `From: ${person} <${person}@customer.test>`,
      'To: support@shop.test',
      `Subject: ${subject}`,
      `Message-ID: <${subject.replaceAll(' ', '-')}@customer.test>`,
      `Date: ${date.toUTCString()}`,
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: text/plain',
      '',
      `Text of ${subject}`,
      '--b',
      'Content-Type: application/octet-stream; name=data.bin',
      'Content-Disposition: attachment; filename=data.bin',
      'Content-Transfer-Encoding: base64',
      '',
      file.toString('base64').replace(/.{76}/g, '$&\r\n'),
      '--b--',
      '',
    ].join('\r\n'),
  )
}
