package io.auterity.connector.jdbc;

import io.auterity.connector.StepException;
import io.auterity.definition.Json;
import java.math.BigDecimal;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON values as parameters, and columns as JSON values. */
final class SqlValues {

    private SqlValues() {}

    static void bind(PreparedStatement statement, SqlText text, @Nullable Object params) throws SQLException {
        if (params instanceof Map<?, ?> named) {
            for (int i = 0; i < text.names().size(); i++) {
                String name = text.names().get(i);
                if (!named.containsKey(name)) {
                    throw new StepException("invalid-input", "params has no '" + name + "', which sql names", false);
                }
                set(statement, i + 1, named.get(name));
            }
            for (Object name : named.keySet()) {
                if (!text.names().contains(name)) {
                    throw new StepException("invalid-input", "sql does not name '" + name + "' of params", false);
                }
            }
        } else if (params instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                set(statement, i + 1, list.get(i));
            }
        } else if (params != null) {
            throw new StepException("invalid-input", "params must be a list or an object", false);
        }
    }

    private static void set(PreparedStatement statement, int index, @Nullable Object value) throws SQLException {
        if (value == null) {
            statement.setNull(index, Types.NULL);
        } else if (value instanceof Long number) {
            statement.setLong(index, number);
        } else if (value instanceof Double number) {
            statement.setDouble(index, number);
        } else if (value instanceof Boolean is) {
            statement.setBoolean(index, is);
        } else if (value instanceof String text) {
            statement.setString(index, text);
        } else {
            statement.setString(index, Json.write(value));
        }
    }

    /** The row a result set stands on, by column label. */
    static Map<String, @Nullable Object> row(ResultSet rows, ResultSetMetaData columns) throws SQLException {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            row.put(columns.getColumnLabel(i), json(rows.getObject(i)));
        }
        return row;
    }

    private static @Nullable Object json(@Nullable Object value) throws SQLException {
        if (value == null || value instanceof Boolean || value instanceof String || value instanceof Long) {
            return value;
        }
        if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        if (value instanceof Double || value instanceof Float) {
            double number = Double.parseDouble(value.toString());
            return Double.isFinite(number) ? number : value.toString();
        }
        if (value instanceof BigDecimal number) {
            return exact(number);
        }
        if (value instanceof byte[] bytes) {
            return Base64.getEncoder().encodeToString(bytes);
        }
        if (value instanceof Timestamp timestamp) {
            return timestamp.toLocalDateTime().toString();
        }
        if (value instanceof Blob blob) {
            return Base64.getEncoder().encodeToString(blob.getBytes(1, (int) blob.length()));
        }
        if (value instanceof Clob clob) {
            return clob.getSubString(1, (int) clob.length());
        }
        return value.toString(); // dates, times, uuids, documents, arrays as the database writes them
    }

    /** A decimal as a number if that is exactly it, and otherwise as text: money must not change on its way. */
    private static Object exact(BigDecimal number) {
        if (number.stripTrailingZeros().scale() <= 0
                && number.abs().compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0) {
            return number.longValueExact();
        }
        double near = number.doubleValue();
        return Double.isFinite(near) && new BigDecimal(Double.toString(near)).compareTo(number) == 0
                ? near
                : number.toPlainString();
    }
}
