// A text that a provider keeps and has approved, with places for what changes.

export interface Template {
  /** The provider's. */
  id: string
  name: string
  language: string
  /** With its variables in place, such as `{{1}}`; empty for kinds that are not text. */
  body: string
  /** Names of the variables, with the provider's examples. */
  variables: Record<string, string>
  /** May be sent at any time, not only within the window. */
  approved: boolean
}

/** A template as it is to be sent. */
export interface TemplateChoice {
  id: string
  /** By the variable's name in the template. */
  variables: Record<string, string>
}

/** Variables of the template that the choice leaves open. */
export function missingVariables(template: Template, choice: TemplateChoice): string[] {
  return Object.keys(template.variables).filter((name) => !choice.variables[name]?.trim())
}

/** As the contact will read it. */
export function filledIn({ body }: Template, { variables }: TemplateChoice): string {
  return body.replace(/\{\{([^{}]+)\}\}/g, (place, name: string) => variables[name.trim()] ?? place)
}
