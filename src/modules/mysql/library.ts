// What is used of mysql2, in a file that is loaded when first needed: most runs talk to no database. Imported this way,
// since a bundler gives a library of its older form no names when it is imported dynamically itself.
import { escape } from 'mysql2';
import { createConnection } from 'mysql2/promise';

/** Opens a connection. */
export const connect = createConnection;
/** Quotes one value for a statement. */
export const quoteValue = escape;
