// What every call of a Meta channel needs: Graph, and the app that calls.

import type { NetPolicy } from '../../net/policy.ts'
import { createGraph, type Graph } from '../../protocols/graph/client.ts'
import type { MetaApp } from './app.ts'

export interface MetaAccess {
  graph: Graph
  app: MetaApp
}

export function createMetaAccess(app: MetaApp, policy: NetPolicy): MetaAccess {
  return { app, graph: createGraph(app, policy) }
}
