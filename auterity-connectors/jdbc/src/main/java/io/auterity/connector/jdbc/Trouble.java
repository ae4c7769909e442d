package io.auterity.connector.jdbc;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What an exception of a database means for what was asked. */
enum Trouble {
    /** The row is there already. Nothing was changed. */
    DUPLICATE,
    /** The values are not to the database's liking. Nothing was changed. */
    DATA,
    /** Whether the change was made is unknown. */
    LOST,
    /** Nothing was changed; the same may succeed later. */
    TRANSIENT;

    private static final int MARIADB_DUPLICATE = 1062;

    static Trouble of(SQLException thrown) {
        for (SQLException e = thrown; e != null; e = e.getNextException()) {
            Trouble trouble = e instanceof SQLiteException sqlite ? of(sqlite) : of(e.getSQLState(), e.getErrorCode());
            if (trouble != TRANSIENT) {
                return trouble;
            }
        }
        return TRANSIENT;
    }

    private static Trouble of(@Nullable String state, int code) {
        if (state == null) {
            return LOST;
        }
        if (state.equals("23505") || code == MARIADB_DUPLICATE) {
            return DUPLICATE;
        }
        if (state.startsWith("22") || state.startsWith("23")) {
            return DATA;
        }
        // 08: the connection; 57P01 to 57P03: the server goes; 90xxx: H2's own, among them a database that was closed.
        return state.startsWith("08") || state.startsWith("57P") || state.startsWith("90") || state.equals("HY000")
                ? LOST
                : TRANSIENT;
    }

    private static Trouble of(SQLiteException e) {
        SQLiteErrorCode code = e.getResultCode();
        if (code == SQLiteErrorCode.SQLITE_CONSTRAINT_UNIQUE || code == SQLiteErrorCode.SQLITE_CONSTRAINT_PRIMARYKEY) {
            return DUPLICATE;
        }
        return switch (code.code & 0xff) {
            case 18, 19, 20 -> DATA; // too big, constraint, mismatch
            case 10 -> LOST; // an I/O error, perhaps of the commit itself
            default -> TRANSIENT;
        };
    }
}
