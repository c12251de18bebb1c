/** What the clients' screens change, and how a list that is asked for soon after knows of it. */
import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { answer, api } from '@/api/client'
import type { BatchArchived, GrantConsent, NewProfile, PatchProfile, Profile, RevokeConsent } from '@/api/schema'
import type { Rule } from './filters'

const FRESH = 30_000
const AT_ONCE = 4

/** The last write of this tab: a list that is asked for soon after waits until the index has it. */
const written = { etag: '', time: 0 }

function wrote(etag: string): void {
  written.etag = etag
  written.time = Date.now()
}

/** Return what makes a search wait for the last write, while that is news. */
export function atLeast(): { at_least?: string } {
  return Date.now() - written.time < FRESH ? { at_least: written.etag } : {}
}

/** Read a card past the cache, such as the other side of a stale edit. */
export function readClient(id: string, asOf = '', signal?: AbortSignal): Promise<Profile> {
  return answer(
    api.GET('/v1/profiles/{profile}', {
      params: { path: { profile: id }, query: asOf ? { as_of: asOf } : {} },
      signal,
    }),
  )
}

function renew(queries: QueryClient, ids: readonly string[]): void {
  void queries.invalidateQueries({ queryKey: ['clients'] })
  for (const id of ids) void queries.invalidateQueries({ queryKey: ['client', id] })
}

/** Changes to people; each answers when the server has done it, and what shows them is asked for again. */
export function useActs() {
  const queries = useQueryClient()
  const done = (profile: Profile) => {
    wrote(profile.etag)
    queries.setQueryData(['client', profile.id, 'card', ''], profile)
    renew(queries, [profile.id])
    return profile
  }
  // Under the other's id lies whom it was before: shown for a moment, that would lead to the wrong card.
  const apart =
    (other: string) =>
    <T>(found: T): T => {
      queries.removeQueries({ queryKey: ['client', other] })
      return found
    }
  const inSegments =
    (ids: readonly string[]) =>
    <T>(found: T): T => {
      void queries.invalidateQueries({ queryKey: ['segments'] })
      renew(queries, ids)
      return found
    }
  return {
    create: (body: NewProfile, key: string) =>
      answer(api.POST('/v1/profiles', { body, headers: { 'Idempotency-Key': key } })).then(done),
    change: (id: string, etag: string, body: PatchProfile) =>
      answer(
        api.PATCH('/v1/profiles/{profile}', {
          params: { path: { profile: id }, header: { 'if-match': etag } },
          body,
        }),
      ).then(done),
    archive: (id: string, reason: string, comment: string) =>
      answer(
        api.POST('/v1/profiles/{profile}:archive', {
          params: { path: { profile: id } },
          body: { reason, ...(comment ? { comment } : {}) },
        }),
      ).then(done),
    restore: (id: string) =>
      answer(api.POST('/v1/profiles/{profile}:restore', { params: { path: { profile: id } } })).then(done),
    /** Archive many; says of each what became of it. */
    archiveAll: async (ids: readonly string[], reason: string, comment: string): Promise<BatchArchived> => {
      const body = { ids: [...ids], reason, ...(comment ? { comment } : {}) }
      const found = await answer(api.POST('/v1/profiles:batchArchive', { body }))
      // They are archived, whether or not the list can be told to wait for it.
      await settled(found.archived.at(-1)).catch(() => undefined)
      renew(queries, ids)
      return found
    },
    restoreAll: async (ids: readonly string[]): Promise<void> => {
      const left = [...ids]
      const work = async () => {
        for (let id = left.pop(); id; id = left.pop()) {
          const { etag } = await answer(
            api.POST('/v1/profiles/{profile}:restore', { params: { path: { profile: id } } }),
          )
          wrote(etag)
        }
      }
      // One that fails does not hide what became of the others.
      await Promise.all(Array.from({ length: AT_ONCE }, work)).finally(() => renew(queries, ids))
    },
    /** Merge `other` into a person; refused when the person changed since its preview was made. */
    merge: (id: string, etag: string, other: string) =>
      answer(
        api.POST('/v1/profiles/{profile}:merge', {
          params: { path: { profile: id }, header: { 'if-match': etag } },
          body: { other },
        }),
      )
        .then(apart(other))
        .then(done),
    /** Erase for good; nothing brings it back. */
    erase: async (id: string, ground: string) => {
      await answer(api.POST('/v1/profiles/{profile}:erase', { params: { path: { profile: id } }, body: { ground } }))
      queries.removeQueries({ queryKey: ['client', id] })
      // Nothing that was asked for before knows of the person any more: no list, no name, no sample.
      queries.removeQueries({ type: 'inactive' })
      void queries.invalidateQueries({ queryKey: ['clients'] })
    },
    /** Decide that the people of a case are one, whose id stays. */
    accept: (candidate: string, survivor: string, others: readonly string[]) =>
      answer(
        api.POST('/v1/match-candidates/{candidate}:accept', { params: { path: { candidate } }, body: { survivor } }),
      ).then((found) => {
        for (const other of others) apart(other)(found)
        renew(queries, [survivor])
        return found
      }),
    unmerge: (id: string, other: string) =>
      answer(api.POST('/v1/profiles/{profile}:unmerge', { params: { path: { profile: id } }, body: { other } }))
        .then(apart(other))
        .then(done),
    grant: (id: string, body: GrantConsent) =>
      answer(api.POST('/v1/profiles/{profile}/consents:grant', { params: { path: { profile: id } }, body })).then(() =>
        renew(queries, [id]),
      ),
    revoke: (id: string, body: RevokeConsent) =>
      answer(api.POST('/v1/profiles/{profile}/consents:revoke', { params: { path: { profile: id } }, body })).then(() =>
        renew(queries, [id]),
      ),
    /** Put people into a list that is there. */
    addTo: (segment: string, ids: readonly string[]) =>
      answer(
        api.POST('/v1/segments/{segment}:addMembers', {
          params: { path: { segment } },
          body: { profiles: [...ids] },
        }),
      ).then(inSegments(ids)),
    removeFrom: (segment: string, ids: readonly string[]) =>
      answer(
        api.POST('/v1/segments/{segment}:removeMembers', {
          params: { path: { segment } },
          body: { profiles: [...ids] },
        }),
      ).then(inSegments(ids)),
    /** Make a list of people. */
    listOf: (name: string, ids: readonly string[]) =>
      answer(api.POST('/v1/segments', { body: { name, kind: 'static', members: [...ids] } })).then(inSegments(ids)),
    /** Make a segment of a rule. */
    segmentOf: (name: string, rule: Rule, auto_update: boolean) =>
      answer(
        api.POST('/v1/segments', { body: { name, kind: 'live', rule: rule as Record<string, never>, auto_update } }),
      ).then((found) => {
        void queries.invalidateQueries({ queryKey: ['segments'] })
        return found
      }),
  }
}

/** Remember the write behind a batch by the etag of one of its people. */
async function settled(id: string | undefined): Promise<void> {
  if (id) wrote((await readClient(id)).etag)
}
