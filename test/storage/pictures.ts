// A PNG by its structure, of any size: only its pixels are nonsense.
import { randomBytes } from 'node:crypto'

export function png(pixelBytes = 9_000): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(data.length)
    return Buffer.concat([length, Buffer.from(type), data, Buffer.alloc(4)])
  }
  const signature = Buffer.from('89504e470d0a1a0a', 'hex')
  return Buffer.concat([
    signature,
    chunk('IHDR', Buffer.alloc(13, 1)),
    chunk('IDAT', randomBytes(pixelBytes)),
  ])
}
