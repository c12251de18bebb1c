/** Files that the server gives: asked for like everything else, so that the workspace, the sign-in and refusals count. */
import { ownHeaders, refusalOf, send } from './client'

/** Fetch a file; throws its refusal. */
export async function download(address: string): Promise<Blob> {
  const response = await send(new Request(address, { headers: ownHeaders('GET') }))
  if (!response.ok) throw await refusalOf(response)
  return response.blob()
}
