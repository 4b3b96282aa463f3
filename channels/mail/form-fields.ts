// Fields that the forms of several mail channels have, checked and brought into one shape.
import { normalizeAddress } from '../../protocols/mime/addresses.ts'
import { InvalidSettings } from '../errors.ts'

/** The address as it is stored: trimmed, its domain in lower case. @throws InvalidSettings */
export function addressAt(value: unknown, field = 'address'): string {
  const address = normalizeAddress(typeof value === 'string' ? value : '')
  if (address === null) throw new InvalidSettings(field, 'not_an_address')
  return address
}

const MOST_FOLDERS = 50

/** Folders read as incoming; INBOX alone when none are named. @throws InvalidSettings */
export function foldersAt(value: unknown): string[] {
  if (value === undefined || value === null) return ['INBOX']
  const isName = (name: unknown) => typeof name === 'string' && name !== ''
  const fits = Array.isArray(value) && value.length > 0 && value.length <= MOST_FOLDERS
  if (!fits || !value.every(isName)) throw new InvalidSettings('folders', 'not_a_list_of_folders')
  return [...new Set(value.map((name: string) => (/^inbox$/i.test(name) ? 'INBOX' : name)))]
}

/** @throws InvalidSettings when it is no boolean */
export function switchAt(value: unknown, field: string, usual: boolean): boolean {
  if (value === undefined || value === null) return usual
  if (typeof value !== 'boolean') throw new InvalidSettings(field, 'not_a_boolean_value')
  return value
}
