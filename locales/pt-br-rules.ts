// Portuguese texts of rules: why one cannot be saved, and why an action was not done.
import type { enRules } from './en-rules.ts'
import type { Text } from './shape.ts'

export const ptBrRules: Record<keyof typeof enRules, Text> = {
  closes_before_it_opens: ['Fecha antes de abrir.', 'Informe horários como 09:00 e 18:00.'],
  conversation_gone: ['A conversa não existe mais.', 'Nada a fazer.'],
  cancelled: ['Alguém encerrou a automação.', 'Nada a fazer.'],
  bug: [
    'A automação falhou por um defeito próprio.',
    'Avise quem a escreveu; a UI do Temporal mostra a falha.',
  ],
  running: ['A automação está em andamento.', 'Nada a fazer.'],
  unknown_condition_attribute: ['Não há este atributo.', 'Escolha um de rule_vocabulary.'],
  event_has_no_message: [
    'Este evento não tem mensagem para consultar.',
    'Escolha outro evento ou retire isto.',
  ],
  event_changes_nothing: [
    'Só conversation_updated diz o que mudou.',
    'Escolha esse evento ou outro operador.',
  ],
  unknown_operator: ['Não há este operador.', 'Escolha um de rule_vocabulary.'],
  operator_does_not_fit: [
    'Este operador não faz sentido para este atributo.',
    'Escolha um operador do atributo.',
  ],
  not_a_condition: ['Isto não é uma condição.', 'Envie attribute, operator e values, ou um grupo.'],
  takes_no_values: ['Este operador não compara com nada.', 'Deixe os valores vazios.'],
  takes_one_value: ['Este operador compara com um valor.', 'Envie exatamente um.'],
  needs_values: ['Não há com o que comparar.', 'Envie pelo menos um valor.'],
  value_does_not_fit: ['Um valor não serve para o atributo.', 'Envie valores do tipo dele.'],
  nested_too_deeply: ['Os grupos estão aninhados demais.', 'Use no máximo cinco níveis.'],
  too_many_conditions: ['Há condições demais.', 'Use no máximo 50, ou várias regras.'],
  too_many_actions: ['Há ações demais.', 'Use no máximo 20.'],
  never_together: [
    'Isto nunca vale junto com uma condição anterior do grupo.',
    'Coloque-as em um grupo `any`.',
  ],
  unknown_action: ['Não há esta ação.', 'Escolha uma de rule_vocabulary.'],
  unknown_field: ['A ação não tem este campo.', 'Retire-o.'],
  not_a_text: ['Isto não é um texto.', 'Envie um texto de até 10000 caracteres.'],
  not_a_labels: ['Isto não são etiquetas.', 'Envie de 1 a 20 etiquetas.'],
  not_a_boolean: ['Isto não é verdadeiro nem falso.', 'Envie true ou false.'],
  not_a_choice: ['Isto não é uma das opções.', 'Escolha uma opção do campo.'],
  not_a_minutes: ['Isto não é um número de minutos.', 'Envie um número inteiro, até 184 dias.'],
  not_a_reference: ['Isto não é um id.', 'Envie o id de algo da conta.'],
  not_a_automation: ['Isto não é o nome de um workflow.', 'Escolha um de rule_vocabulary.'],
  workflow_not_found: ['Não há este workflow.', 'Escolha um de rule_vocabulary.'],
  agent_not_here: ['Não há este agente.', 'Escolha um agente da conta.'],
  team_not_here: ['Não há este time.', 'Escolha um time da conta.'],
  inbox_not_here: ['Não há esta caixa de entrada.', 'Escolha uma caixa da conta.'],
  webhook_not_here: ['Não há este webhook.', 'Escolha um webhook da conta.'],
  answered_with_later: [
    'Logo chegou outra mensagem; a ClaudIA foi consultada com ela.',
    'Nada a fazer.',
  ],
  replied: ['Uma resposta chegou a tempo.', 'Nada a fazer.'],
  resolved_meanwhile: ['A conversa foi resolvida nesse meio-tempo.', 'Nada a fazer.'],
  flood: [
    'As regras rodaram vezes demais nesta conversa, como quando robôs respondem um ao outro.',
    'Uma pessoa deve olhar; as regras continuam após dez minutos de silêncio.',
  ],
  nobody_available: ['Ninguém da caixa ou do time está online.', 'Atribua a conversa manualmente.'],
  gave_up_step: [
    'Ninguém respondeu lá durante um dia.',
    'Verifique o endpoint ou o servidor de e-mail.',
  ],
  webhook_unreachable: ['O webhook não responde.', 'Verifique o endpoint dele.'],
  webhook_not_found: ['O webhook da regra não existe mais.', 'Escolha outro webhook na regra.'],
  webhook_gone: ['O webhook diz que deixou de existir.', 'Escolha outro webhook na regra.'],
  no_mail_relay: [
    'Esta instalação não envia e-mails próprios.',
    'Peça ao operador que configure SYSTEM_SMTP_URL.',
  ],
  team_is_empty: ['O time não tem membros.', 'Adicione pessoas ao time.'],
}
