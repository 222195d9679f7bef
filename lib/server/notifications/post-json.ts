import { type Network, post } from './http-post';
import { fieldOf, type Outcome, outcomeOfError, outcomeOfResponse } from './outcome';

export interface JsonPost {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json: unknown;
  /** The field of the service's JSON response that explains an error. */
  readonly reasonField: string | null;
}

/** Of a response only the service's own reason field is shown: an arbitrary address could answer anything. */
export async function postJson(
  { url, headers = {}, json, reasonField }: JsonPost,
  network: Network,
): Promise<Outcome> {
  const all = { 'Content-Type': 'application/json; charset=utf-8', ...headers };
  try {
    const answer = await post({ url, headers: all, body: JSON.stringify(json) }, network);
    return outcomeOfResponse(answer, reasonField === null ? null : fieldOf(answer.body, reasonField));
  } catch (error) {
    return outcomeOfError(error);
  }
}
