import type { DataMap } from '../../src/model/data.ts';
import { MysqlError } from '../../src/modules/mysql/errors.ts';
import type { Login } from '../../src/modules/mysql/login.ts';
import type { MysqlSession, OpenMysql, Parameter } from '../../src/modules/mysql/session.ts';

/** How a server answers statements that hold `match`. */
export interface FakeAnswer {
  readonly match: string;
  readonly rows?: readonly DataMap[];
  readonly count?: number;
  /** The server's word for why it refuses. */
  readonly code?: string;
  readonly message?: string;
}

/** A server in memory; `statements` notes what it was asked. */
export class FakeMysql {
  readonly statements: { readonly sql: string; readonly parameters: readonly Parameter[] | undefined }[] = [];
  readonly logins: Login[] = [];
  open = 0;
  readonly #answers: readonly FakeAnswer[];

  constructor(answers: readonly FakeAnswer[] = []) {
    this.#answers = answers;
  }

  readonly connect: OpenMysql = async (login) => {
    this.logins.push(login);
    const refused = this.#answers.find((answer) => answer.match === '(connect)');
    if (refused) throw errorOf(refused);
    this.open += 1;
    const session: MysqlSession = {
      query: async (sql, parameters) => {
        this.statements.push({ sql, parameters });
        const answer = this.#answers.find((one) => sql.includes(one.match));
        if (answer?.code !== undefined) throw errorOf(answer);
        const rows = answer?.rows ?? [];
        return { rows, count: answer?.count ?? rows.length };
      },
      close: async () => {
        this.open -= 1;
      },
    };
    return session;
  };
}

function errorOf(answer: FakeAnswer): MysqlError {
  const message = answer.message ?? answer.code ?? 'refused';
  return new MysqlError(answer.code ?? '', { message });
}
