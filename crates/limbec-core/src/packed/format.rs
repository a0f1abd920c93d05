//! The bytes of plain values: numbers of seven bits a byte, texts and lists behind their length.

use std::collections::BTreeMap;
use std::time::Duration;

/// A value that has a form in bytes.
pub(super) trait Pack: Sized {
    fn pack(&self, bytes: &mut Vec<u8>);
    fn unpack(input: &mut &[u8]) -> Option<Self>;
}

/// Declares the fields of a struct, in order. The compiler names the one that is missing.
macro_rules! pack_struct {
    ($($type:ident { $($field:ident),* $(,)? })*) => {
        $(impl Pack for $type {
            fn pack(&self, bytes: &mut Vec<u8>) {
                let $type { $($field),* } = self;
                $($field.pack(bytes);)*
            }

            fn unpack(input: &mut &[u8]) -> Option<Self> {
                $(let $field = Pack::unpack(input)?;)*
                Some($type { $($field),* })
            }
        })*
    };
}

/// Declares the variants of an enum, each with a number of its own. The compiler names the one
/// that is missing.
macro_rules! pack_enum {
    ($type:ident { $($number:literal => $variant:ident $({ $($field:ident),* })? $(($inner:ident))?,)* }) => {
        impl Pack for $type {
            fn pack(&self, bytes: &mut Vec<u8>) {
                match self {
                    $($type::$variant $({ $($field),* })? $(($inner))? => {
                        bytes.push($number);
                        $($($field.pack(bytes);)*)?
                        $($inner.pack(bytes);)?
                    })*
                }
            }

            fn unpack(input: &mut &[u8]) -> Option<Self> {
                Some(match u8::unpack(input)? {
                    $($number => {
                        $($(let $field = Pack::unpack(input)?;)*)?
                        $(let $inner = Pack::unpack(input)?;)?
                        $type::$variant $({ $($field),* })? $(($inner))?
                    })*
                    _ => return None,
                })
            }
        }
    };
}

pub(super) use {pack_enum, pack_struct};

impl Pack for u8 {
    fn pack(&self, bytes: &mut Vec<u8>) {
        bytes.push(*self);
    }

    fn unpack(input: &mut &[u8]) -> Option<Self> {
        let (first, rest) = input.split_first()?;
        *input = rest;
        Some(*first)
    }
}

impl Pack for u64 {
    fn pack(&self, bytes: &mut Vec<u8>) {
        let mut rest = *self;
        while rest >= 0x80 {
            bytes.push(rest.to_le_bytes()[0] | 0x80);
            rest >>= 7;
        }
        bytes.push(rest.to_le_bytes()[0]);
    }

    fn unpack(input: &mut &[u8]) -> Option<Self> {
        let mut value = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = u8::unpack(input)?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }
}

impl Pack for i64 {
    fn pack(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.to_le_bytes());
    }

    fn unpack(input: &mut &[u8]) -> Option<Self> {
        let (first, rest) = input.split_first_chunk()?;
        *input = rest;
        Some(i64::from_le_bytes(*first))
    }
}

macro_rules! pack_as {
    ($($type:ty as $wide:ty),*) => {
        $(impl Pack for $type {
            fn pack(&self, bytes: &mut Vec<u8>) {
                // A value that is too wide for its own reader could not have been made.
                <$wide>::try_from(*self).unwrap_or_default().pack(bytes);
            }

            fn unpack(input: &mut &[u8]) -> Option<Self> {
                <$wide>::unpack(input)?.try_into().ok()
            }
        })*
    };
}

pack_as!(usize as u64, u32 as u64, i32 as i64);

impl Pack for bool {
    fn pack(&self, bytes: &mut Vec<u8>) {
        bytes.push(u8::from(*self));
    }

    fn unpack(input: &mut &[u8]) -> Option<Self> {
        match u8::unpack(input)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

/// To the millisecond, which is the smallest unit that a project can write.
impl Pack for Duration {
    fn pack(&self, bytes: &mut Vec<u8>) {
        u64::try_from(self.as_millis())
            .unwrap_or(u64::MAX)
            .pack(bytes);
    }

    fn unpack(input: &mut &[u8]) -> Option<Self> {
        u64::unpack(input).map(Duration::from_millis)
    }
}

impl Pack for String {
    fn pack(&self, bytes: &mut Vec<u8>) {
        self.len().pack(bytes);
        bytes.extend(self.as_bytes());
    }

    fn unpack(input: &mut &[u8]) -> Option<Self> {
        let length = usize::unpack(input)?;
        let (text, rest) = input.split_at_checked(length)?;
        *input = rest;
        std::str::from_utf8(text).ok().map(str::to_string)
    }
}

impl<T: Pack> Pack for Option<T> {
    fn pack(&self, bytes: &mut Vec<u8>) {
        self.is_some().pack(bytes);
        if let Some(value) = self {
            value.pack(bytes);
        }
    }

    fn unpack(input: &mut &[u8]) -> Option<Self> {
        Some(if bool::unpack(input)? {
            Some(T::unpack(input)?)
        } else {
            None
        })
    }
}

impl<T: Pack> Pack for Box<T> {
    fn pack(&self, bytes: &mut Vec<u8>) {
        (**self).pack(bytes);
    }

    fn unpack(input: &mut &[u8]) -> Option<Self> {
        T::unpack(input).map(Box::new)
    }
}

impl<T: Pack> Pack for Vec<T> {
    fn pack(&self, bytes: &mut Vec<u8>) {
        self.len().pack(bytes);
        for value in self {
            value.pack(bytes);
        }
    }

    fn unpack(input: &mut &[u8]) -> Option<Self> {
        let length = usize::unpack(input)?;
        // No more than a byte each, so that nonsense asks for no memory.
        let mut values = Vec::with_capacity(length.min(input.len()));
        for _ in 0..length {
            values.push(T::unpack(input)?);
        }
        Some(values)
    }
}

impl<V: Pack> Pack for BTreeMap<String, V> {
    fn pack(&self, bytes: &mut Vec<u8>) {
        self.len().pack(bytes);
        for (key, value) in self {
            key.pack(bytes);
            value.pack(bytes);
        }
    }

    fn unpack(input: &mut &[u8]) -> Option<Self> {
        let length = usize::unpack(input)?;
        let mut map = BTreeMap::new();
        for _ in 0..length {
            map.insert(Pack::unpack(input)?, Pack::unpack(input)?);
        }
        Some(map)
    }
}
