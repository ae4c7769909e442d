package io.auterity.connector.jdbc;

import io.auterity.definition.RunId;
import io.auterity.journal.JournalException;
import io.auterity.journal.MessageCodec;
import io.auterity.journal.RunMessage;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Messages that wait for runs. Sending one counts it in the run's row, which parking looks at; so a message and a run
 * that is just being parked meet on that row and never miss each other.
 */
final class Inbox {

    private final Access access;
    private final String wasSent;
    private final String count;
    private final String isThere;
    private final String insert;
    private final String received;

    Inbox(Dialect dialect, Access access) {
        this.access = access;
        wasSent = dialect.sql("select 1 from {inbox} where token = ?");
        count = dialect.sql("update {run} set unread = unread + 1,"
                + " wake_at = case when wake_at > [now] then [now] else wake_at end"
                + " where name = ? and ended_at is null and unread < ?");
        isThere = dialect.sql("select 1 from {run} where name = ? and ended_at is null");
        insert = dialect.sql("insert into {inbox} (token, run, message) select ?, id, ? from {run} where name = ?");
        received = dialect.sql("select i.number, r.name, i.message from {inbox} i join {run} r on r.id = i.run"
                + " where r.epoch = ? order by i.number limit ?");
    }

    boolean send(RunId run, RunMessage message) {
        byte[] encoded = MessageCodec.encode(message);
        if (encoded.length > Payload.MAX_INLINE) {
            throw new JdbcJournalException(
                    JdbcJournalException.TOO_LARGE,
                    "a message to run '" + run + "' has " + encoded.length + " bytes, the journal takes "
                            + Payload.MAX_INLINE + "; keep large data elsewhere and pass on where it is");
        }
        String token = UUID.randomUUID().toString(); // so that trying again does not send it twice
        return access.transaction(
                "send a message", connection -> send(connection, token, run, message.mostUnread(), encoded));
    }

    private boolean send(Connection connection, String token, RunId run, int mostUnread, byte[] message)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(wasSent)) {
            statement.setString(1, token);
            try (ResultSet row = statement.executeQuery()) {
                if (row.next()) {
                    return true;
                }
            }
        }
        try (PreparedStatement statement = connection.prepareStatement(count)) {
            statement.setString(1, run.value());
            statement.setInt(2, mostUnread);
            if (statement.executeUpdate() == 0) {
                requireUnknown(connection, run);
                return false;
            }
        }
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            statement.setString(1, token);
            statement.setBytes(2, message);
            statement.setString(3, run.value());
            statement.executeUpdate();
        }
        return true;
    }

    private void requireUnknown(Connection connection, RunId run) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(isThere)) {
            statement.setString(1, run.value());
            try (ResultSet row = statement.executeQuery()) {
                if (row.next()) {
                    throw JournalException.inboxFull(run);
                }
            }
        }
    }

    List<RunMessage.Received> received(long epoch, int limit) {
        return access.read("read messages", connection -> {
            List<RunMessage.Received> all = new ArrayList<>();
            try (PreparedStatement statement = connection.prepareStatement(received)) {
                statement.setLong(1, epoch);
                statement.setInt(2, limit);
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        all.add(new RunMessage.Received(
                                rows.getLong(1), RunId.of(rows.getString(2)), MessageCodec.decode(rows.getBytes(3))));
                    }
                }
            }
            return all;
        });
    }
}
